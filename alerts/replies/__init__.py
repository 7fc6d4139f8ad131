"""One-tap answers: a signed link in a message takes charge, or says that somebody is there, without signing in."""
