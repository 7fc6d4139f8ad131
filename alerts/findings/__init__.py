"""Findings that have been taken in: what more is known of them changes their alert, and may end it."""
