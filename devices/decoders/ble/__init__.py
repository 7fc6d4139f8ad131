"""Bluetooth Low Energy: what devices advertise, as gateways decode it or as the bytes themselves say it."""
