"""PostgreSQL, broker and supervisor for one machine."""
