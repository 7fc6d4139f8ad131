"""The ways by which a gateway tells a contact itself."""
