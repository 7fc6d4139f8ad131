"""Telegram: a bot of the installation's own. Its servers read along, so a message says only that there is an alert."""
