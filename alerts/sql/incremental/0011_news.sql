-- What people are told besides alerts: that somebody has taken charge of one of which they had been told, and once a day how
-- things stand, where they want that. It is worded when it is made, at the lowest level of channels: it names nobody.
CREATE TABLE alerts.news (
    news_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL,
    home_id         int NOT NULL,
    about           text NOT NULL CHECK (about IN ('taken', 'day')),
    alert_id        bigint REFERENCES alerts.alert,
    round           int,
    day             date,
    account_id      int REFERENCES registry.account,
    contact_id      int REFERENCES registry.contact,
    channel         text NOT NULL REFERENCES alerts.channel,
    address         text NOT NULL,
    others          jsonb NOT NULL DEFAULT '[]',
    language        text NOT NULL,
    said            text[] NOT NULL CHECK (cardinality(said) > 0),
    made_at         timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'failed')),
    due_at          timestamptz NOT NULL,
    -- What nobody needs any more when it comes later.
    until           timestamptz NOT NULL,
    leased_until    timestamptz,
    attempts        int NOT NULL DEFAULT 0,
    last_error      text NOT NULL DEFAULT '',
    sent_at         timestamptz,
    CHECK (num_nonnulls(account_id, contact_id) = 1),
    CHECK ((about = 'taken') = (alert_id IS NOT NULL AND round IS NOT NULL)),
    CHECK ((about = 'day') = (day IS NOT NULL AND contact_id IS NOT NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    -- Each is told once.
    UNIQUE NULLS NOT DISTINCT (about, alert_id, round, day, account_id, contact_id)
);
CREATE INDEX ON alerts.news (due_at) WHERE state = 'due';

-- Contacts who want to be told once a day how things stand, and at what time of the home's clock.
CREATE TABLE alerts.digest (
    contact_id      int PRIMARY KEY REFERENCES registry.contact,
    at              time NOT NULL,
    wanted_at       timestamptz NOT NULL
);
