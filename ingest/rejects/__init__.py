"""What could not be stored: kept within bounds, shown with its reason, tried again when that may have changed."""
