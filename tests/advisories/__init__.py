"""Known holes in what is locked, from copies of databases of advisories."""
