"""Apprise: the long tail of services. They read along, so a message says only that there is an alert.

The library is an extra (`vicino[apprise]`): without it the channel refuses every message.
"""
