"""Detectors: what is out of the ordinary. One module each; every one passes the same checks."""
