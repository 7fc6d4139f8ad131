"""Organisations, persons, homes, rooms, contacts, accounts: who lives where, who may see what."""
