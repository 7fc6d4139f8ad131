"""What people are told besides alerts, once each and never in the way of an alert."""
