"""A person's own copy of all that is held about them (GDPR, articles 15 and 20)."""
