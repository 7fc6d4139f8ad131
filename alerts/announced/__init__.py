"""What is kept of announced tests (`alerts.test_alarm`)."""
