"""Contexts: times in which a home is not as usual for a reason that is known, entered or proposed by the system."""
