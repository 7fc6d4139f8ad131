-- The message of the day as contacts choose it themselves: with an account of the family on its page, without one by the link in the
-- message, which names nobody. They write through these functions alone, for themselves.

-- By which channels a contact may be reached for what can wait: what is entered for it and for its account, and what the registry knows.
-- Whether a telephone takes text messages its number says, which is the contact's own.
CREATE OR REPLACE FUNCTION alerts.channels_of_contact(wanted int) RETURNS TABLE (channels text[], phone text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT ARRAY(
        SELECT DISTINCT channel FROM alerts.address
        WHERE gone_at IS NULL AND channel <> 'voice' AND (contact_id = wanted OR account_id IN (
            SELECT close.account_id FROM registry.person_account AS close JOIN registry.account USING (account_id)
            WHERE close.contact_id = wanted AND close.ended_at IS NULL AND account.active
        ))
        UNION
        SELECT 'email' WHERE contact.email <> '' AND NOT EXISTS (
            SELECT FROM alerts.address WHERE contact_id = wanted AND channel = 'email' AND address = contact.email AND gone_at IS NOT NULL
        )
        ORDER BY 1
    ), contact.phone
    FROM registry.contact WHERE contact_id = wanted
$$;

-- What the viewer has chosen for each person of whom they are a contact; `agreed` in which minutes of the day it is shared how it goes.
CREATE OR REPLACE FUNCTION alerts.own_digests(now_at timestamptz)
RETURNS TABLE (person uuid, name text, at time, channel text, channels text[], phone text, from_minute int, to_minute int, is_open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT person.public_id, person.name, digest.at, digest.channel, reached.channels, reached.phone, agreed.from_minute::int,
        agreed.to_minute::int, registry.contact_may_know(close.contact_id, 'day', now_at)
    FROM registry.viewer_close_to(now_at) AS close
    JOIN registry.person USING (person_id)
    CROSS JOIN LATERAL alerts.channels_of_contact(close.contact_id) AS reached
    LEFT JOIN alerts.digest ON digest.contact_id = close.contact_id
    LEFT JOIN registry.viewer_agreed(now_at) AS agreed ON agreed.person_id = close.person_id AND agreed.data = 'day'
    WHERE close.contact_id IS NOT NULL
    ORDER BY person.name, person.person_id
$$;

-- The same of the contact to whom a message of the day went since an instant, for whoever has its link; nobody is named.
CREATE OR REPLACE FUNCTION alerts.digest_of_message(wanted uuid, sent_since timestamptz)
RETURNS TABLE (language text, at time, channel text, channels text[], phone text, from_minute int, to_minute int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT contact.language, digest.at, digest.channel, reached.channels, reached.phone, share.from_minute::int, share.to_minute::int
    FROM alerts.news JOIN registry.contact USING (contact_id)
    CROSS JOIN LATERAL alerts.channels_of_contact(contact_id) AS reached
    LEFT JOIN alerts.digest USING (contact_id)
    LEFT JOIN registry.share ON share.contact_id = contact.contact_id AND share.data = 'day' AND share.ended_at IS NULL
    WHERE news.public_id = wanted AND about = 'day' AND made_at >= sent_since
$$;

CREATE OR REPLACE FUNCTION alerts.choose_digest_of(contact int, new_at time, by_channel text, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF contact IS NULL THEN
        RETURN false;
    END IF;
    IF new_at IS NULL THEN
        DELETE FROM alerts.digest WHERE contact_id = contact;
    ELSE
        INSERT INTO alerts.digest (contact_id, at, channel, wanted_at) VALUES (contact, new_at, by_channel, acted_at)
        ON CONFLICT (contact_id) DO UPDATE SET at = excluded.at, channel = excluded.channel;
    END IF;
    RETURN true;
END
$$;

-- Chooses as the viewer, of one person; without a time there is no message any more. False where they are no contact of that person.
CREATE OR REPLACE FUNCTION alerts.choose_digest(of_person uuid, new_at time, by_channel text, acted_at timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT alerts.choose_digest_of((
        SELECT close.contact_id FROM registry.viewer_close_to(acted_at) AS close JOIN registry.person USING (person_id)
        WHERE person.public_id = of_person AND close.contact_id IS NOT NULL LIMIT 1
    ), new_at, by_channel, acted_at)
$$;

-- Chooses as whoever has the link of a message of the day.
CREATE OR REPLACE FUNCTION alerts.choose_digest_by_message(wanted uuid, sent_since timestamptz, new_at time, by_channel text,
                                                           acted_at timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT alerts.choose_digest_of((
        SELECT contact_id FROM alerts.news WHERE public_id = wanted AND about = 'day' AND made_at >= sent_since
    ), new_at, by_channel, acted_at)
$$;

REVOKE ALL ON FUNCTION alerts.channels_of_contact(int), alerts.own_digests(timestamptz), alerts.digest_of_message(uuid, timestamptz),
    alerts.choose_digest_of(int, time, text, timestamptz), alerts.choose_digest(uuid, time, text, timestamptz),
    alerts.choose_digest_by_message(uuid, timestamptz, time, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.own_digests(timestamptz), alerts.digest_of_message(uuid, timestamptz),
    alerts.choose_digest(uuid, time, text, timestamptz), alerts.choose_digest_by_message(uuid, timestamptz, time, text, timestamptz)
    TO vicino_people;
