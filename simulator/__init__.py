"""Homes that behave like homes: residents, sensors and scripted events with their ground truth, by seed."""
