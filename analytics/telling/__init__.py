"""What the analysis tells alerts: its findings, without anything that computes them."""
