"""`vicino retention`: how long what is kept, and what is due."""
