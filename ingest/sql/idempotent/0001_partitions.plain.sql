-- Makes the monthly partitions that the interval [first, last] needs. Attaching takes a lock that lets inserts go on.
CREATE OR REPLACE FUNCTION ingest.ensure_partitions(first timestamptz, last timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    relation text;
    month    timestamptz;
    name     text;
    made     int := 0;
BEGIN
    FOREACH relation IN ARRAY ARRAY['reading_event', 'reading_level', 'reading_vital', 'reading_technical'] LOOP
        month := date_trunc('month', first);
        WHILE month <= last LOOP
            name := format('%s_%s', relation, to_char(month, 'YYYY_MM'));
            IF to_regclass(format('ingest.%I', name)) IS NULL THEN
                PERFORM pg_advisory_xact_lock(hashtext('ingest.ensure_partitions'));
                -- Asked of the catalogue: what to_regclass remembers may be older than the lock.
                IF NOT EXISTS (SELECT FROM pg_class WHERE relname = name AND relnamespace = 'ingest'::regnamespace) THEN
                    EXECUTE format('CREATE TABLE ingest.%I (LIKE ingest.%I INCLUDING ALL)', name, relation);
                    EXECUTE format('ALTER TABLE ingest.%I ADD CONSTRAINT in_month CHECK (ts >= %L AND ts < %L)',
                                   name, month, month + interval '1 month');
                    EXECUTE format('ALTER TABLE ingest.%I ATTACH PARTITION ingest.%I FOR VALUES FROM (%L) TO (%L)',
                                   relation, name, month, month + interval '1 month');
                    EXECUTE format('ALTER TABLE ingest.%I DROP CONSTRAINT in_month', name);
                    made := made + 1;
                END IF;
            END IF;
            month := month + interval '1 month';
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;

-- Drops the monthly partitions of a class that end at or before an instant, and remembers up to when readings are gone.
-- It gives up rather than keep others waiting behind its lock.
CREATE OR REPLACE FUNCTION ingest.drop_readings(of_class text, before timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    child   regclass;
    month   timestamptz;
    dropped int := 0;
BEGIN
    FOR child, month IN
        SELECT inhrelid::regclass, to_timestamp(right(relname, 7), 'YYYY_MM')
        FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
        WHERE inhparent = format('ingest.%I', 'reading_' || of_class)::regclass
        ORDER BY 2
    LOOP
        CONTINUE WHEN month + interval '1 month' > before;
        EXECUTE format('DROP TABLE %s', child);
        UPDATE ingest.retention SET dropped_before = greatest(dropped_before, month + interval '1 month')
        WHERE class = of_class;
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END
$$;
