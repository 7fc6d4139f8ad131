-- may_read_all --
-- Whether this login sees every row whatever the policies say, and whether it may load rows as they are.
SELECT rolsuper OR rolbypassrls AS reads_all, rolsuper AS loads_all FROM pg_roles WHERE rolname = current_user

-- steady_text --
-- Text in which the same values are the same bytes, on every server.
SELECT set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO, YMD', false),
       set_config('intervalstyle', 'postgres', false), set_config('extra_float_digits', '1', false),
       set_config('bytea_output', 'hex', false), set_config('statement_timeout', '0', false),
       set_config('idle_in_transaction_session_timeout', '0', false)

-- refuse_to_filter --
-- An error instead of missing rows, should a policy still apply.
SET LOCAL row_security = off

-- tables --
-- The tables of some schemas, without the parts they are divided into.
SELECT n.nspname AS schema, c.relname AS name, c.relkind = 'p' AS partitioned
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY(%(schemas)s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY 1, 2

-- has_timescale --
-- Whether this database has TimescaleDB.
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') AS timescale

-- aggregates --
-- The continuous aggregates of some schemas, and the hypertables that hold what they have computed.
SELECT view_schema AS schema, view_name AS name, materialization_hypertable_schema AS stored_schema,
       materialization_hypertable_name AS stored_name
FROM timescaledb_information.continuous_aggregates WHERE view_schema = ANY(%(schemas)s)
ORDER BY 1, 2

-- columns --
-- The columns of a table or view whose values are stored, in their order.
SELECT attname AS name FROM pg_attribute
WHERE attrelid = format('%%I.%%I', %(schema)s::text, %(name)s::text)::regclass
  AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum

-- partitions --
-- From when up to when each part of a partitioned table goes.
SELECT (regexp_match(bound, 'FROM \(''([^'']+)''\)'))[1]::timestamptz AS first,
       (regexp_match(bound, 'TO \(''([^'']+)''\)'))[1]::timestamptz AS last
FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid CROSS JOIN LATERAL pg_get_expr(relpartbound, pg_class.oid) bound
WHERE inhparent = format('%%I.%%I', %(schema)s::text, %(name)s::text)::regclass
ORDER BY 1

-- chunks --
-- From when up to when each part of a hypertable goes.
SELECT range_start AS first, range_end AS last FROM timescaledb_information.chunks
WHERE hypertable_schema = %(schema)s AND hypertable_name = %(name)s AND range_start IS NOT NULL
ORDER BY 1

-- hold --
-- Nobody may drop or rebuild these tables, or parts of them, before the transaction ends; everybody may read and write.
LOCK TABLE {tables} IN ACCESS SHARE MODE

-- installation --
-- What the installation is.
SELECT public_id::text AS public_id, variant, made_at FROM vicino.installation

-- copy_out --
-- All rows of a table, as text.
COPY (SELECT {columns} FROM {table}) TO STDOUT

-- copy_in --
-- Rows as text into a table.
COPY {table} ({columns}) FROM STDIN

-- sequences --
-- The values last given by the sequences of some schemas.
SELECT schemaname AS schema, sequencename AS name, last_value FROM pg_sequences WHERE schemaname = ANY(%(schemas)s)
ORDER BY 1, 2

-- set_sequence --
-- The value that a sequence has last given.
SELECT setval(format('%%I.%%I', %(schema)s::text, %(name)s::text)::regclass, %(value)s)

-- foreign_objects --
-- What there is in this database that neither PostgreSQL nor an extension brought.
SELECT n.nspname || '.' || c.relname AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^(_?timescaledb|pg_)'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY 1 LIMIT 1

-- as_they_are --
-- Rows are loaded as they are: triggers and references have done their work where they come from.
SET LOCAL session_replication_role = replica

-- as_usual --
-- Triggers and references work again.
SET LOCAL session_replication_role = origin

-- empty --
-- What a migration has put into a table; the backup has it as it became.
DELETE FROM {table}

-- is_partitioned --
-- Whether a table is divided into native partitions here.
SELECT relkind = 'p' AS partitioned FROM pg_class WHERE oid = to_regclass(format('%%I.%%I', %(schema)s::text, %(name)s::text))

-- make_partition --
-- A part of a partitioned table, for its owner.
CREATE TABLE {part} PARTITION OF {table} FOR VALUES FROM ({first}) TO ({last})

-- own_partition --
-- Who owns a table owns its parts.
ALTER TABLE {part} OWNER TO vicino_owner

-- set_installation --
-- It is the same installation as before.
UPDATE vicino.installation SET public_id = %(public_id)s, made_at = %(made_at)s

-- cursors --
-- The tables that remember how far somebody has read in `ingest.touched`.
SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute x ON x.attrelid = c.oid AND x.attname = 'xact' AND x.atttypid = 'xid8'::regtype
JOIN pg_attribute t ON t.attrelid = c.oid AND t.attname = 'touched_id'
WHERE c.relkind = 'r' AND (n.nspname, c.relname) <> ('ingest', 'touched')
ORDER BY 1, 2

-- places --
-- Up to where it has been read.
SELECT xact::text::bigint AS xact, touched_id FROM {cursor}

-- renumber_touched --
-- The rows between two places get the number of their stretch: numbers of transactions of another server mean nothing here.
UPDATE ingest.touched SET xact = (
    SELECT count(*) FROM unnest(%(xacts)s::bigint[], %(ids)s::bigint[]) place(xact, id)
    WHERE (touched.xact, touched.touched_id) > (place.xact::text::xid8, place.id)
)::text::xid8

-- highest_touched --
-- The highest number of a touched hour.
SELECT coalesce(max(touched_id), 0)::bigint AS highest FROM ingest.touched

-- set_place --
-- The end of its stretch.
UPDATE {cursor} SET xact = %(stretch)s::text::xid8, touched_id = %(last)s
WHERE (xact::text::bigint, touched_id) = (%(xact)s, %(touched_id)s)

-- analyze --
-- So that the planner knows what was loaded.
ANALYZE {table}
