"""Scripted events by family: what happens to the person, to a sensor, to the gateway, and on the air."""
