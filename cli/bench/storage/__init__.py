"""`vicino bench storage`: what a reading takes in the database."""
