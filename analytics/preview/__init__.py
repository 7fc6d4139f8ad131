"""What a setting of a rule would have told, worked out over stored days before somebody saves it."""
