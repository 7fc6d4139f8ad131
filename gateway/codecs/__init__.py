"""Payload codecs in JavaScript, as vendors publish them: run in a process of their own that has nothing to harm."""
