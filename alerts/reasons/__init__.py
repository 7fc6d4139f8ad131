"""Why an alert ended as it did, in one word that can be counted."""
