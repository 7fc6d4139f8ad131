"""`vicino research`: pseudonymised exports of those who agree, reproducible by their query."""
