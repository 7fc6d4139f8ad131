-- Readings in native range partitions, one month each, made ahead of the insert by ingest.ensure_partitions.
CREATE TABLE ingest.reading_event (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts)) PARTITION BY RANGE (ts);
CREATE TABLE ingest.reading_level (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts)) PARTITION BY RANGE (ts);
CREATE TABLE ingest.reading_vital (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts)) PARTITION BY RANGE (ts);
CREATE TABLE ingest.reading_technical (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts)) PARTITION BY RANGE (ts);
DROP TABLE ingest.reading;
