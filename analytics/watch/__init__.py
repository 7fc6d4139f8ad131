"""Looks for what is technically wrong in homes: what is silent, and which gateways cannot keep what comes."""
