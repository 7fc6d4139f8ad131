"""The shared kernel: settings, clock, wire messages, vocabulary, database access, logging."""
