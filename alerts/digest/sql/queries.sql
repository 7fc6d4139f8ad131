-- wanted_digests --
-- The contacts who want to be told once a day and have not been on this day of the home, with the home of their person.
SELECT contact_id, contact.language, person.organisation_id, home_id, timezone, digest.at, digest.channel
FROM alerts.digest
JOIN registry.contact USING (contact_id)
JOIN registry.person USING (person_id)
JOIN registry.home USING (home_id)
WHERE NOT EXISTS (
    SELECT FROM alerts.news
    WHERE about = 'day' AND news.contact_id = digest.contact_id
        AND day = (%(now)s::timestamptz AT TIME ZONE timezone)::date
)
ORDER BY contact_id;

-- may_know_the_day --
-- Whether it is shared with a contact how the day goes.
SELECT registry.contact_may_know(%(contact_id)s, 'day', %(now)s) AS may;

-- all_digests --
-- Everybody who wants to be told once a day, by the keys of the person and of the contact.
SELECT person.key || '/' || contact.key AS who, digest.at, digest.channel
FROM alerts.digest JOIN registry.contact USING (contact_id) JOIN registry.person USING (person_id)
ORDER BY who;

-- want_digest --
-- Notes that a contact wants to be told every day; by which channel stays as it was chosen.
INSERT INTO alerts.digest (contact_id, at, wanted_at) VALUES (%(contact_id)s, %(at)s, %(now)s)
ON CONFLICT (contact_id) DO UPDATE SET at = excluded.at;

-- choose_way_of_digest --
-- Notes by which channel a contact wants to be told; null: by the first that reaches them.
UPDATE alerts.digest SET channel = %(channel)s WHERE contact_id = %(contact_id)s;

-- unwant_digest --
-- Notes that a contact does not want to be told any more.
DELETE FROM alerts.digest WHERE contact_id = %(contact_id)s;

-- open_alert_of_home --
-- A row where any alert of a home is open.
SELECT FROM alerts.alert WHERE home_id = %(home_id)s AND state <> 'resolved' LIMIT 1;

-- own_digests --
-- What the viewer has chosen of the message of the day, for each person of whom they are a contact.
SELECT person, name, at, channel, channels, phone, from_minute, to_minute, is_open FROM alerts.own_digests(%(now)s);

-- choose_digest --
-- Chooses as the viewer.
SELECT alerts.choose_digest(%(person)s, %(at)s, %(channel)s, %(now)s) AS chosen;

-- digest_of_message --
-- What the contact has chosen to whom a message of the day went.
SELECT language, at, channel, channels, phone, from_minute, to_minute FROM alerts.digest_of_message(%(message)s, %(since)s);

-- choose_digest_by_message --
-- Chooses as that contact.
SELECT alerts.choose_digest_by_message(%(message)s, %(since)s, %(at)s, %(channel)s, %(now)s) AS chosen;
