"""What ingest keeps in order behind the readings: hourly and daily figures, retention, what nobody needs any more."""
