"""Decoders: pure functions from a vendor's messages to measurements. They import the kernel and the catalogue only."""
