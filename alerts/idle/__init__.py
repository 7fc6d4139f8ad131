"""Alerts that somebody has in charge and nothing happens with: a reminder, and then back to the queue."""
