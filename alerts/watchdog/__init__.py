"""Watches over the chain from a reading to a person: is it worked on, does a test call arrive, and who hears if not."""
