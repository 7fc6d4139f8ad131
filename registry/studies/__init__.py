"""Studies: their arms, and who takes part from when to when."""
