-- What is going on in a home: entered by people, or proposed by the system and answered by people. `detector` is what proposed
-- it ('' where somebody entered it), `confidence` how sure that was, `evidence` and the sentences why. A context without end goes
-- on. Nothing is deleted: what was taken back is withdrawn.
CREATE TABLE analytics.context (
    context_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    kind            text NOT NULL CHECK (kind IN ('hospital', 'holiday', 'away', 'visit', 'carer', 'party', 'works', 'outage',
                                                  'second_resident', 'pet', 'other')),
    started_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    standing        text NOT NULL CHECK (standing IN ('proposed', 'entered', 'confirmed', 'refused', 'withdrawn')),
    detector        text NOT NULL DEFAULT '',
    confidence      real NOT NULL DEFAULT 1 CHECK (confidence BETWEEN 0 AND 1),
    evidence        jsonb NOT NULL DEFAULT '{}',
    why_it          text NOT NULL DEFAULT '',
    why_en          text NOT NULL DEFAULT '',
    note            text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    made_at         timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CHECK (ended_at > started_at)
);
CREATE INDEX ON analytics.context (home_id, started_at);

-- What became of a context, by whom (NULL: the system), and how it stood then.
CREATE TABLE analytics.context_history (
    history_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    context_id      bigint NOT NULL REFERENCES analytics.context,
    at              timestamptz NOT NULL,
    account_id      int REFERENCES registry.account,
    account_name    text NOT NULL DEFAULT '',
    action          text NOT NULL CHECK (action IN ('proposed', 'restated', 'withdrawn', 'entered', 'confirmed', 'refused', 'ended',
                                                    'corrected')),
    kind            text NOT NULL,
    standing        text NOT NULL,
    started_at      timestamptz NOT NULL,
    ended_at        timestamptz,
    note            text NOT NULL DEFAULT ''
);
CREATE INDEX ON analytics.context_history (context_id);

-- From which local day on a home is to be judged again, because its contexts have changed.
CREATE TABLE analytics.context_due (
    home_id         int PRIMARY KEY REFERENCES registry.home,
    since           timestamptz NOT NULL,
    due_at          timestamptz NOT NULL
);

-- When a home was last looked at for contexts to propose.
CREATE TABLE analytics.context_look (
    home_id         int PRIMARY KEY REFERENCES registry.home,
    looked_at       timestamptz NOT NULL
);

-- What would have been told but for a context.
CREATE TABLE analytics.silenced (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    kind            text NOT NULL,
    day             date NOT NULL,
    context_kind    text NOT NULL,
    at              timestamptz NOT NULL,
    PRIMARY KEY (home_id, kind, day)
);

-- What a day tells of who is in the home: when the front door was used, signs in two rooms at once, movement in the night.
CREATE TABLE analytics.day_traces (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    day             date NOT NULL,
    traces          jsonb NOT NULL,
    code_version    text NOT NULL,
    PRIMARY KEY (home_id, day)
);

-- Why a finding was withdrawn: '' for data that came in later, else the context that it was in.
ALTER TABLE analytics.finding ADD COLUMN withdrawn_for text NOT NULL DEFAULT '';
