"""What is kept of each day, by its hours and its rooms, and looked at over several days."""
