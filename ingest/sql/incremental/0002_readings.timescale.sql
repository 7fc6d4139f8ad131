-- Readings in TimescaleDB: one hypertable for each retention class, because a retention policy drops whole chunks.
CREATE TABLE ingest.reading_event (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts));
CREATE TABLE ingest.reading_level (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts));
CREATE TABLE ingest.reading_vital (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts));
CREATE TABLE ingest.reading_technical (LIKE ingest.reading INCLUDING DEFAULTS, PRIMARY KEY (series_id, ts));
DROP TABLE ingest.reading;

DO $$
DECLARE
    relation text;
BEGIN
    FOREACH relation IN ARRAY ARRAY['reading_event', 'reading_level', 'reading_vital', 'reading_technical'] LOOP
        PERFORM create_hypertable(format('ingest.%I', relation)::regclass, by_range('ts', INTERVAL '7 days'),
                                  create_default_indexes => false);
        EXECUTE format('ALTER TABLE ingest.%I SET (timescaledb.compress, timescaledb.compress_segmentby = ''series_id'','
                       ' timescaledb.compress_orderby = ''ts'')', relation);
        PERFORM add_compression_policy(format('ingest.%I', relation)::regclass, INTERVAL '14 days');
    END LOOP;
END
$$;
