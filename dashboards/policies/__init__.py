"""Policies on pages: who is told of which alerts, as a form, as a picture, and as what it would have come to."""
