"""The checks, by what they look at. Each says what is wrong and nothing where nothing is."""
