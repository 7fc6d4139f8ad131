"""Where readings come from: the brokers and servers of a home, or a recording."""
