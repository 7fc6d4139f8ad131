"""What the commands that have no folder of their own ask for, a module each."""
