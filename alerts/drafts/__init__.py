"""Policies before they hold: a draft, what it would have come to, and putting it into force or going back."""
