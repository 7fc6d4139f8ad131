"""What one system on a broker says, understood: a dialect for each. Pure."""
