"""Channels by which people are told. A channel is a folder: transport, message, limits, permanent errors, tests."""
