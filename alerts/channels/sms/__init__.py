"""Text messages through an HTTP gateway: an insecure channel with room for some 300 letters."""
