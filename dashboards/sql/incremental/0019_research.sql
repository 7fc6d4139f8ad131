-- Exports for research: what was asked for, what came of it, and of which homes, by their pseudonyms, so that whoever has one can
-- be told whose data are to be deleted when a consent ends. Nothing in it is changed.
CREATE TABLE dashboards.research_export (
    export_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    made_at         timestamptz NOT NULL,
    query           jsonb NOT NULL,
    digest          text NOT NULL,
    rows            bigint NOT NULL,
    subjects        text[] NOT NULL
);
