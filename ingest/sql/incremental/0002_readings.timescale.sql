-- Readings in TimescaleDB: one hypertable for each retention class, because a retention policy drops whole chunks.
CREATE TABLE ingest.reading_event (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts));
CREATE TABLE ingest.reading_level (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts));
CREATE TABLE ingest.reading_vital (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts));
CREATE TABLE ingest.reading_technical (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts));
DROP TABLE ingest.reading;

-- The more readings of one series lie in a chunk, the better they compress: the seldom ones get longer chunks.
DO $$
DECLARE
    relation text;
    chunk    interval;
BEGIN
    FOR relation, chunk IN VALUES ('reading_event', INTERVAL '30 days'), ('reading_level', INTERVAL '30 days'),
                                  ('reading_vital', INTERVAL '180 days'), ('reading_technical', INTERVAL '90 days') LOOP
        PERFORM create_hypertable(format('ingest.%I', relation)::regclass, by_range('ts', chunk),
                                  create_default_indexes => false);
        EXECUTE format('ALTER TABLE ingest.%I SET (timescaledb.compress, timescaledb.compress_segmentby = ''series_id'','
                       ' timescaledb.compress_orderby = ''ts'')', relation);
        PERFORM add_compression_policy(format('ingest.%I', relation)::regclass, INTERVAL '7 days');
    END LOOP;
END
$$;
