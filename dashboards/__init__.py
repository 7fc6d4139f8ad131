"""Pages and the live updates that people look at."""
