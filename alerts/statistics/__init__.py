"""How alerts are answered: how soon, how often by nobody, how often rightly, and by which channels people are told."""
