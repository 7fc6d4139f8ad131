"""Telephone calls by a service that speaks a text and reports which digit was pressed: for safety alone."""
