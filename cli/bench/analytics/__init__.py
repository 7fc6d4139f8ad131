"""`vicino bench analytics`: what the nightly run and the five-minute tick of the analysis take."""
