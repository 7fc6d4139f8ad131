"""Tasks for associations: an alert of one organisation handed to the members of another, with the least data."""
