"""Episodes: what lasted. One module each, pure functions from signs of somebody to `Episode`s."""
