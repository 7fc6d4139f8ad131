"""What is done where a way to a person fails."""
