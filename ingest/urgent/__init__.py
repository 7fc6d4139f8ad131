"""What is urgent among what came in, for alerts."""
