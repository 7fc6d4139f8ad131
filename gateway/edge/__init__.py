"""The edge agent as installed on a board: versions side by side, updates, and the command `vicino-gateway`."""
