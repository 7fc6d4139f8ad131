"""After an upgrade: what an earlier version computed of the last weeks is computed again."""
