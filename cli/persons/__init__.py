"""What a person has a right to: a copy of what is held about them, and that it is erased."""
