-- How people are reached: by which channels there are, at which addresses, and in which order of preference.
CREATE TABLE alerts.channel (
    channel         text PRIMARY KEY
);
INSERT INTO alerts.channel VALUES
    ('email'), ('sms'), ('voice'), ('webhook'), ('webpush'), ('telegram'), ('apprise'), ('canary');

CREATE TABLE alerts.address (
    address_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id      int REFERENCES registry.account,
    contact_id      int REFERENCES registry.contact,
    channel         text NOT NULL REFERENCES alerts.channel,
    address         text NOT NULL CHECK (address <> ''),
    -- The lowest is tried first.
    position        int NOT NULL DEFAULT 1,
    added_at        timestamptz NOT NULL,
    -- When the person showed that messages arrive there.
    verified_at     timestamptz,
    -- Since when it is not used any more, and why: taken away, or the channel said that there is no such address.
    gone_at         timestamptz,
    gone_for        text NOT NULL DEFAULT '',
    CHECK (num_nonnulls(account_id, contact_id) = 1),
    CHECK ((gone_at IS NULL) = (gone_for = '')),
    UNIQUE NULLS NOT DISTINCT (account_id, contact_id, channel, address)
);
CREATE INDEX ON alerts.address (contact_id) WHERE contact_id IS NOT NULL;

ALTER TABLE alerts.notification DROP CONSTRAINT notification_channel_check;
ALTER TABLE alerts.notification
    ADD CONSTRAINT notification_channel FOREIGN KEY (channel) REFERENCES alerts.channel,
    ADD COLUMN contact_id int REFERENCES registry.contact,
    -- The ways that are left, in order, each {"channel": ..., "address": ...}; where one was taken, the others went with it.
    ADD COLUMN others jsonb NOT NULL DEFAULT '[]',
    -- When it was to go out at first; `due_at` is when it is tried next.
    ADD COLUMN first_due_at timestamptz,
    -- When the next way is taken beside this one, unless this one was accepted by then.
    ADD COLUMN falls_back_at timestamptz,
    -- What the channel calls the message, and what it said of it later.
    ADD COLUMN provider_id text NOT NULL DEFAULT '',
    ADD COLUMN delivered_at timestamptz,
    ADD COLUMN read_at timestamptz,
    ADD CONSTRAINT one_person CHECK (num_nonnulls(account_id, contact_id) <= 1);
CREATE INDEX ON alerts.notification (falls_back_at) WHERE state = 'due' AND falls_back_at IS NOT NULL;
