"""Evaluation on simulated homes and recorded data, with the code of the services."""
