"""How long closed alerts are kept."""
