"""The edge agent in a home: sources, outbox, publisher."""
