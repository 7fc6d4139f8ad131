-- The times without a sign of anybody that began on a local day, by the minute of the local clock: how many minutes each lasted,
-- the room of the last sign (0 where unknown), and whether somebody lay in bed (1) or had gone out (2). With it, what is expected
-- of such times is learned without reading readings again.
CREATE TABLE analytics.quiet_day (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    day             date NOT NULL,
    begins          smallint[] NOT NULL,
    lasted          int[] NOT NULL,
    rooms           int[] NOT NULL,
    wheres          smallint[] NOT NULL,
    code_version    text NOT NULL,
    PRIMARY KEY (home_id, day),
    CHECK (cardinality(begins) = cardinality(lasted) AND cardinality(begins) = cardinality(rooms)
           AND cardinality(begins) = cardinality(wheres))
);

-- What is expected of those that begin on a day, learned from the days before it, so that a look every few minutes reads one row.
-- Removed when one of those days changes, and made again when it is asked for.
CREATE TABLE analytics.expected_gap (
    organisation_id  int NOT NULL REFERENCES registry.organisation,
    home_id          int NOT NULL REFERENCES registry.home,
    day              date NOT NULL,
    state            jsonb NOT NULL,
    detector_version text NOT NULL,
    PRIMARY KEY (home_id, day)
);
