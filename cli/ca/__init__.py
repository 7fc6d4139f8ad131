"""`vicino ca`: an authority of one's own, and the certificates by which our servers prove who they are."""
