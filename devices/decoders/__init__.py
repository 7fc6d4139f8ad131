"""Decoders: pure functions from a vendor's messages to measurements. They import only the kernel."""
