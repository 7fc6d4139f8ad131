-- channel_of --
-- The channel of a message; null where there is none.
SELECT alerts.channel_of(%(message)s) AS channel;

-- latest_messages --
-- The latest messages, what became of each, and to whom they went, as the registry names them; without test calls.
SELECT notification.public_id, alert.public_id AS alert, coalesce(account.login, person.key || '/' || contact.key, '') AS who,
    channel, purpose, notification.state, coalesce(sent_at, due_at) AS at, attempts, uncertain, delivered_at, read_at,
    CASE WHEN notification.state = 'sent' THEN '' WHEN called_off_by IS NOT NULL THEN 'another way was accepted' ELSE last_error END
        AS last_error
FROM alerts.notification
JOIN alerts.alert USING (alert_id)
LEFT JOIN registry.account USING (account_id)
LEFT JOIN registry.contact USING (contact_id)
LEFT JOIN registry.person ON person.person_id = contact.person_id
WHERE channel <> 'canary' AND (alert.public_id = %(alert)s OR %(alert)s::uuid IS NULL)
ORDER BY notification_id DESC LIMIT %(limit)s;

-- note_receipt --
-- Notes what a channel reports of a message that it has accepted.
SELECT alerts.note_receipt(%(message)s, %(what)s, %(now)s) AS noted;
