-- stop_jobs --
-- TimescaleDB's jobs of this database, so that none works on what is being measured.
SELECT _timescaledb_functions.stop_background_workers()

-- plain_size --
-- Bytes of a table, its partitions, all their indexes and what lies outside of the rows.
SELECT coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(%(relation)s::regclass)),
                pg_total_relation_size(%(relation)s::regclass))::bigint AS bytes

-- hypertable_size --
-- Bytes of a hypertable or continuous aggregate: chunks, compressed chunks, all their indexes and what lies outside of
-- the rows.
SELECT hypertable_size(%(relation)s::regclass)::bigint AS bytes

-- table_size --
-- Bytes of a table with its indexes.
SELECT pg_total_relation_size(%(relation)s::regclass)::bigint AS bytes

-- rows --
-- How many rows a table has.
SELECT count(*) AS n FROM {relation}

-- compress_all --
-- Every chunk of the readings and of the figures into the columnstore, as the policies do once it is old enough.
SELECT count(compress_chunk(format('%I.%I', chunk_schema, chunk_name)::regclass, if_not_compressed => true))
FROM timescaledb_information.chunks WHERE NOT is_compressed
