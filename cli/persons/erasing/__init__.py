"""Erases a person: everything that is personal, in every schema, at once; with a certificate of what was removed."""
