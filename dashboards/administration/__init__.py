"""What administrators see and fill in: the fields of each sort of thing, and its page."""
