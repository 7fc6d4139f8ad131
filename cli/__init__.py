"""The `vicino` command: it composes everything for one machine, and is the only one that may import everything."""
