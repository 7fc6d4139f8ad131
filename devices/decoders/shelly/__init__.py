"""Shelly devices of generation 2 and later: what they say by their RPC, on whatever channel."""
