"""Messages about several alerts at once: the morning round, what is more than a day's budget, a hand-over."""
