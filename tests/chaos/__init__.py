"""Real processes, killed, frozen and cut off while homes publish: what comes of every single reading."""
