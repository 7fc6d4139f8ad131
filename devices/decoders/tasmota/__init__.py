"""Tasmota: what its devices tell by themselves, and what they say of themselves when they are found."""
