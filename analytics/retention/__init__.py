"""How long what was worked out is kept."""
