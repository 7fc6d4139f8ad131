"""What administrators make and change on pages; every change is noted and can be undone."""
