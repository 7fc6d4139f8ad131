"""`vicino doctor`: looks at everything and says in one line each what is wrong and what to do."""
