"""What whoever researches sees: figures of many homes together, of those that agree."""
