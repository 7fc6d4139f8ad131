"""How a person can be reached: the channels and addresses, in order of preference."""
