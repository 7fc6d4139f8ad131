"""`vicino bench dashboards` and `vicino bench live-boards`: how soon the pages of a whole union of homes answer."""
