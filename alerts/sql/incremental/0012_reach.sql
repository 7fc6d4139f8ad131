-- How people set up by themselves where messages reach them: devices with web push, a chat at Telegram; and trying it.

-- What the pages have to know of a channel, said by the alert worker when it starts: the public key, the name of the bot.
CREATE TABLE alerts.face (
    channel         text PRIMARY KEY REFERENCES alerts.channel,
    said            text NOT NULL
);

-- Browsers that show messages. All those of an account are one address of the channel webpush, called as the account is:
-- whoever has a telephone and a desk is told on both at once.
CREATE TABLE alerts.push_device (
    device_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    account_id      int NOT NULL REFERENCES registry.account,
    -- Whoever knows these three can send to the device, or read what is sent to it.
    endpoint        text NOT NULL UNIQUE CHECK (endpoint <> ''),
    p256dh          text NOT NULL,
    auth            text NOT NULL,
    label           text NOT NULL,
    added_at        timestamptz NOT NULL,
    -- When it last showed a message, as it says itself.
    shown_at        timestamptz
);
CREATE INDEX ON alerts.push_device (account_id);

-- Codes by which somebody shows a bot who they are. Only a digest is kept.
CREATE TABLE alerts.pairing (
    code            bytea PRIMARY KEY,
    channel         text NOT NULL REFERENCES alerts.channel,
    account_id      int NOT NULL REFERENCES registry.account,
    expires_at      timestamptz NOT NULL,
    -- The chat that has shown it: from there it may be shown again.
    used_by         text
);
CREATE INDEX ON alerts.pairing (account_id);

-- Which worker reads what a bot is told, and how far that was read.
CREATE TABLE alerts.reading (
    channel         text PRIMARY KEY REFERENCES alerts.channel,
    next_update     bigint NOT NULL DEFAULT 0,
    leased_until    timestamptz NOT NULL
);

-- Messages that somebody sends to themselves to see whether they arrive.
CREATE TABLE alerts.trial (
    trial_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    account_id      int NOT NULL REFERENCES registry.account,
    channel         text NOT NULL REFERENCES alerts.channel,
    address         text NOT NULL,
    -- One device of a web push address; all of them where it is null.
    device_id       bigint,
    asked_at        timestamptz NOT NULL,
    taken_at        timestamptz,
    sent_at         timestamptz,
    error           text,
    delivered_at    timestamptz
);
CREATE INDEX ON alerts.trial (account_id, asked_at);
CREATE INDEX ON alerts.trial (asked_at) WHERE taken_at IS NULL;

-- Addresses for Apprise hold passwords, and notifications are shown to people: the address is a number, the secret lies here.
CREATE TABLE alerts.apprise_target (
    target_id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    url             text NOT NULL CHECK (url <> '')
);
