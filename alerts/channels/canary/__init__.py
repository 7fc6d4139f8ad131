"""Where test calls arrive: a channel that reaches nobody and notes the time."""
