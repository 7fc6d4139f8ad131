"""Device models as data, decoders, and the installed devices."""
