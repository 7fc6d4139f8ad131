"""What is kept of the gateways' words about themselves."""
