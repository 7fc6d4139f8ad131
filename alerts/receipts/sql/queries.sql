-- channel_of --
-- The channel of a message; null where there is none.
SELECT alerts.channel_of(%(message)s) AS channel;

-- note_receipt --
-- Notes what a channel reports of a message that it has accepted.
SELECT alerts.note_receipt(%(message)s, %(what)s, %(now)s) AS noted;
