-- TimescaleDB makes its chunks by itself; the name is the same as in native partitions, so that no caller differs.
CREATE OR REPLACE FUNCTION ingest.ensure_partitions(first timestamptz, last timestamptz) RETURNS int
LANGUAGE sql IMMUTABLE AS $$ SELECT 0 $$;

-- Drops the chunks of a class that end at or before an instant, and remembers up to when readings are gone. It gives up
-- rather than keep others waiting behind its lock.
CREATE OR REPLACE FUNCTION ingest.drop_readings(of_class text, before timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    ended   timestamptz;
    dropped int;
BEGIN
    SELECT max(range_end) INTO ended FROM timescaledb_information.chunks
    WHERE hypertable_schema = 'ingest' AND hypertable_name = 'reading_' || of_class AND range_end <= before;
    IF ended IS NULL THEN
        RETURN 0;
    END IF;
    SELECT count(*) INTO dropped
    FROM public.drop_chunks(format('ingest.%I', 'reading_' || of_class)::regclass, older_than => ended);
    UPDATE ingest.retention SET dropped_before = greatest(dropped_before, ended) WHERE class = of_class;
    RETURN dropped;
END
$$;
