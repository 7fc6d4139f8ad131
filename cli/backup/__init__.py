"""Backups of one installation: its database as of one moment and the files that belong to it, in one encrypted file."""
