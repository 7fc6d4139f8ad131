-- Hourly and daily figures of each series, kept by ingest.upkeep: what continuous aggregates are with TimescaleDB.
CREATE TABLE ingest.hourly (
    series_id       int NOT NULL,
    hour            timestamptz NOT NULL,
    readings        bigint NOT NULL,
    plausible       bigint NOT NULL,
    total           double precision,
    minimum         double precision,
    maximum         double precision,
    first_value     double precision,
    last_value      double precision
);
CREATE TABLE ingest.daily (LIKE ingest.hourly);
ALTER TABLE ingest.daily RENAME COLUMN hour TO day;

CREATE TABLE ingest.hourly_event (LIKE ingest.hourly, PRIMARY KEY (series_id, hour));
CREATE TABLE ingest.hourly_level (LIKE ingest.hourly, PRIMARY KEY (series_id, hour));
CREATE TABLE ingest.hourly_vital (LIKE ingest.hourly, PRIMARY KEY (series_id, hour));
CREATE TABLE ingest.hourly_technical (LIKE ingest.hourly, PRIMARY KEY (series_id, hour));
CREATE TABLE ingest.daily_event (LIKE ingest.daily, PRIMARY KEY (series_id, day));
CREATE TABLE ingest.daily_level (LIKE ingest.daily, PRIMARY KEY (series_id, day));
CREATE TABLE ingest.daily_vital (LIKE ingest.daily, PRIMARY KEY (series_id, day));
CREATE TABLE ingest.daily_technical (LIKE ingest.daily, PRIMARY KEY (series_id, day));
DROP TABLE ingest.hourly, ingest.daily;
