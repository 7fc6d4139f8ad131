"""Homes and persons in parts."""
