-- What came in the last hours is asked of all homes at once, whenever a board is shown. Readings lie in the order in which they came: an
-- index of which pages hold which times is a few kilobytes for a month, and costs a commit next to nothing. Pages are entered in it as
-- soon as they are full, because those that are not are always read.
CREATE INDEX ON ingest.reading_event USING brin (ts) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX ON ingest.reading_level USING brin (ts) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX ON ingest.reading_vital USING brin (ts) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX ON ingest.reading_technical USING brin (ts) WITH (pages_per_range = 16, autosummarize = on);
