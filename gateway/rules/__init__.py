"""What a gateway does by itself for a call for help that the service does not confirm."""
