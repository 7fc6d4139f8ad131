-- What administrators changed on pages, one line for each change: what it was before and after, as documents, so that it can be
-- undone. `before` is null where the thing was made, `after` where making it was undone.
CREATE TABLE registry.edit (
    edit_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL REFERENCES registry.organisation,
    thing           text NOT NULL CHECK (thing IN ('organisation', 'home', 'room', 'person', 'contact', 'account')),
    thing_id        int NOT NULL,
    name            text NOT NULL,
    before          jsonb,
    after           jsonb,
    made_at         timestamptz NOT NULL,
    made_by         int REFERENCES registry.account,
    made_by_name    text NOT NULL,
    undoes          bigint UNIQUE REFERENCES registry.edit,
    CHECK (before IS NOT NULL OR after IS NOT NULL)
);
CREATE INDEX ON registry.edit (organisation_id, made_at);
CREATE INDEX ON registry.edit (thing, thing_id, made_at);
