"""Once a day, for contacts who want it: that all is well, or why that cannot be said."""
