"""What the days before tell of a day that goes on, small enough to be read every few minutes."""
