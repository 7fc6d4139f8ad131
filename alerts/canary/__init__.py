"""A test call through the whole chain every few minutes: from a gateway of its own over the broker to a channel."""
