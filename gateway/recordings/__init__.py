"""Recorded homes: one module per file format, each of which yields homes and their readings in order."""
