-- Consents, what is shared with whom, and pauses: who may see them and who may change them. People write through the functions
-- below alone. Each of those returns null where there is nothing of the kind that the viewer may change.
--
-- An account that is only close to a person (family, delegate, the person) has no membership: no table shows it a row. What it may
-- see comes out of functions that return what is shared and nothing beside it.

-- A legal basis for a purpose holds at an instant.
CREATE OR REPLACE FUNCTION registry.holds(wanted int, for_purpose text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM registry.consent
        WHERE person_id = wanted AND purpose = for_purpose AND valid_from <= at
            AND coalesce(least(valid_until, withdrawn_at), 'infinity') > at
    )
$$;

-- The homes all of whose residents agree at an instant that their data are used for a purpose: how many live there, and since when
-- all of them do. What a home measures is of all who live in it: where one does not agree, nothing of the home is used.
CREATE OR REPLACE FUNCTION registry.agreeing_homes(for_purpose text, at timestamptz)
RETURNS TABLE (home_id int, residents int, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT person.home_id, count(*)::int, max(agreed.since)
    FROM registry.person LEFT JOIN LATERAL (
        SELECT min(valid_from) AS since FROM registry.consent
        WHERE consent.person_id = person.person_id AND purpose = for_purpose AND valid_from <= at
            AND coalesce(least(valid_until, withdrawn_at), 'infinity') > at
    ) AS agreed ON true
    GROUP BY person.home_id HAVING bool_and(agreed.since IS NOT NULL)
$$;
REVOKE ALL ON FUNCTION registry.agreeing_homes(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.agreeing_homes(text, timestamptz) TO vicino_service;

-- When nothing of the wellbeing of a home may be looked at or recorded: a pause, or the time after the last basis of care of
-- somebody who lives there had ended. Where none was ever recorded, care goes on: the paper may not have been entered yet.
CREATE OR REPLACE VIEW registry.unwatched WITH (security_barrier, security_invoker) AS
    SELECT home_id, organisation_id, person_id, 'pause' AS reason, started_at, least(until, ended_at) AS ended_at
    FROM registry.pause
    WHERE coalesce(ended_at, 'infinity') > started_at
    UNION ALL
    SELECT person.home_id, person.organisation_id, person.person_id, 'no_basis', over.at, next.at
    FROM registry.consent AS consent
    CROSS JOIN LATERAL (SELECT greatest(least(valid_until, withdrawn_at), valid_from) AS at) AS over
    JOIN registry.person USING (person_id)
    CROSS JOIN LATERAL (
        SELECT min(greatest(other.valid_from, over.at)) AS at FROM registry.consent AS other
        WHERE other.person_id = consent.person_id AND other.purpose = 'care'
            AND coalesce(least(other.valid_until, other.withdrawn_at), 'infinity') > greatest(over.at, other.valid_from)
    ) AS next
    WHERE consent.purpose = 'care' AND over.at IS NOT NULL AND (next.at IS NULL OR next.at > over.at);

-- Since when nothing of a home is looked at, null where it is.
CREATE OR REPLACE FUNCTION registry.unwatched_since(wanted int, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(started_at) FROM registry.unwatched
    WHERE home_id = wanted AND started_at <= at AND coalesce(ended_at, 'infinity') > at
$$;

-- What the viewer is to whom.
CREATE OR REPLACE FUNCTION registry.viewer_close_to(at timestamptz) RETURNS TABLE (person_id int, capacity text, contact_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT close.person_id, close.capacity, close.contact_id
    FROM registry.person_account AS close JOIN registry.account USING (account_id)
    WHERE close.account_id = registry.viewer_account() AND account.active
        AND coalesce(close.since, '-infinity') <= at AND coalesce(close.ended_at, 'infinity') > at
$$;

-- What was agreed holds at an instant, whatever the hour: not before it was, not after it was taken back, and only with the consent
-- of the person.
CREATE OR REPLACE FUNCTION registry.is_agreed(share registry.share, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(share.since, '-infinity') <= at AND coalesce(share.ended_at, 'infinity') > at
        AND registry.holds(share.person_id, 'family', at)
$$;

-- What was agreed may be shown at an instant: only in the hours, by the clock of the home, and of wellbeing nothing while nothing is
-- looked at.
CREATE OR REPLACE FUNCTION registry.is_shared(share registry.share, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT registry.is_agreed(share, at)
        AND CASE WHEN share.from_minute < share.to_minute THEN clock.minute >= share.from_minute AND clock.minute < share.to_minute
                 ELSE clock.minute >= share.from_minute OR clock.minute < share.to_minute END
        AND (share.data IN ('safety', 'technical', 'charge') OR registry.unwatched_since(person.home_id, at) IS NULL)
    FROM registry.person JOIN registry.home USING (home_id)
    CROSS JOIN LATERAL (
        SELECT (extract(hour FROM local) * 60 + extract(minute FROM local))::int AS minute FROM (SELECT at AT TIME ZONE home.timezone AS local) AS here
    ) AS clock
    WHERE person.person_id = share.person_id
$$;

-- What is shared with the viewer at an instant.
CREATE OR REPLACE FUNCTION registry.viewer_shared(at timestamptz) RETURNS TABLE (person_id int, home_id int, data text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT person.person_id, person.home_id, share.data
    FROM registry.viewer_close_to(at) AS close
    JOIN registry.person USING (person_id)
    JOIN registry.share ON share.contact_id = close.contact_id AND share.person_id = close.person_id
    WHERE registry.is_shared(share, at)
$$;

-- Whether a contact may be told of a kind of data at an instant, by a message for instance. Where nothing was ever agreed about the
-- family of a person, its contacts are told as the policies of the organisation say; from then on only what is shared with them.
CREATE OR REPLACE FUNCTION registry.contact_may_know(wanted int, kind_of_data text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(bool_or(
        NOT EXISTS (SELECT FROM registry.consent WHERE consent.person_id = contact.person_id AND purpose = 'family')
        AND NOT EXISTS (SELECT FROM registry.share WHERE share.person_id = contact.person_id)
        OR EXISTS (
            SELECT FROM registry.share
            WHERE share.contact_id = contact.contact_id AND share.data = kind_of_data AND registry.is_shared(share, at)
        )
    ), false)
    FROM registry.contact WHERE contact_id = wanted
$$;

-- The persons the viewer is close to, with what may be said of each to anybody of them: the name, whose care it is, and since when
-- nothing is looked at.
DROP FUNCTION IF EXISTS registry.viewer_persons(timestamptz);
CREATE FUNCTION registry.viewer_persons(at timestamptz)
RETURNS TABLE (person_id int, public_id text, home_id int, name text, timezone text, capacity text,
               unwatched_since timestamptz, reason text, until timestamptz, organisation text, organisation_phone text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT person.person_id, person.public_id::text, person.home_id, person.name, home.timezone, close.capacity,
           still.started_at, still.reason, still.ended_at, organisation.name,
           organisation.phone
    FROM registry.viewer_close_to(at) AS close
    JOIN registry.person USING (person_id)
    JOIN registry.home USING (home_id)
    JOIN registry.organisation ON organisation.organisation_id = person.organisation_id
    LEFT JOIN LATERAL (
        SELECT started_at, unwatched.reason, ended_at FROM registry.unwatched
        WHERE unwatched.home_id = person.home_id AND started_at <= at AND coalesce(ended_at, 'infinity') > at
        ORDER BY started_at LIMIT 1
    ) AS still ON true
    ORDER BY person.name, person.person_id
$$;

-- What is agreed for the viewer about the persons it is close to as family, at whatever hour.
CREATE OR REPLACE FUNCTION registry.viewer_agreed(at timestamptz)
RETURNS TABLE (person_id int, data text, from_minute smallint, to_minute smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT share.person_id, share.data, share.from_minute, share.to_minute
    FROM registry.viewer_close_to(at) AS close
    JOIN registry.share ON share.contact_id = close.contact_id AND share.person_id = close.person_id
    WHERE registry.is_agreed(share, at)
$$;

-- Whoever decides about the data of a person: the person, a delegate, and whoever works for them at an organisation in charge.
CREATE OR REPLACE FUNCTION registry.viewer_may_decide(wanted int, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM registry.viewer_close_to(at) WHERE person_id = wanted AND capacity IN ('self', 'delegate'))
        OR EXISTS (
            SELECT FROM registry.viewer_roles() JOIN registry.person USING (organisation_id)
            WHERE person.person_id = wanted AND role IN ('operator', 'coordinator', 'administrator')
        )
$$;

-- The person of a public id, if the viewer decides about it.
CREATE OR REPLACE FUNCTION registry.decided_person(wanted uuid, at timestamptz) RETURNS registry.person
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT person FROM registry.person WHERE public_id = wanted AND registry.viewer_may_decide(person_id, at)
$$;

CREATE OR REPLACE FUNCTION registry.viewer_name() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT name FROM registry.account WHERE account_id = registry.viewer_account()), '')
$$;

CREATE OR REPLACE FUNCTION registry.give_consent(wanted uuid, for_purpose text, on_basis text, from_when timestamptz,
                                                 to_when timestamptz, said text, acted_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose registry.person := registry.decided_person(wanted, acted_at);
    made  uuid;
BEGIN
    IF whose.person_id IS NULL THEN
        RETURN NULL;
    END IF;
    -- A telephone that sends it twice records it once.
    INSERT INTO registry.consent (organisation_id, person_id, purpose, basis, valid_from, valid_until, note, recorded_at,
                                  recorded_by, recorded_by_name)
    VALUES (whose.organisation_id, whose.person_id, for_purpose, on_basis, from_when, to_when, said, acted_at,
            registry.viewer_account(), registry.viewer_name())
    ON CONFLICT (person_id, purpose, valid_from) DO NOTHING
    RETURNING public_id INTO made;
    RETURN coalesce(made, (SELECT public_id FROM registry.consent
                           WHERE person_id = whose.person_id AND purpose = for_purpose AND valid_from = from_when));
END
$$;

-- Withdraws whatever holds of a purpose, or would. What was invited for the family ends with its consent.
CREATE OR REPLACE FUNCTION registry.withdraw_consent(wanted uuid, for_purpose text, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose registry.person := registry.decided_person(wanted, acted_at);
    ended int;
BEGIN
    IF whose.person_id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE registry.consent
    SET withdrawn_at = acted_at, withdrawn_by = registry.viewer_account(), withdrawn_by_name = registry.viewer_name()
    WHERE person_id = whose.person_id AND purpose = for_purpose AND withdrawn_at IS NULL
        AND coalesce(valid_until, 'infinity') > acted_at;
    GET DIAGNOSTICS ended = ROW_COUNT;
    IF for_purpose = 'family' THEN
        UPDATE registry.invitation SET revoked_at = acted_at
        WHERE person_id = whose.person_id AND capacity = 'family' AND used_at IS NULL AND revoked_at IS NULL;
    END IF;
    RETURN ended;
END
$$;

-- Shares one kind of data with a contact in some hours, or in others than before; null hours take it back.
CREATE OR REPLACE FUNCTION registry.set_share(wanted uuid, contact_key text, kind_of_data text, from_when int, to_when int,
                                              acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose  registry.person := registry.decided_person(wanted, acted_at);
    whom   int;
    stands registry.share;
BEGIN
    SELECT contact_id INTO whom FROM registry.contact WHERE person_id = whose.person_id AND key = contact_key FOR UPDATE;
    IF whom IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO stands FROM registry.share WHERE contact_id = whom AND data = kind_of_data AND ended_at IS NULL FOR UPDATE;
    IF stands.from_minute IS NOT DISTINCT FROM from_when AND stands.to_minute IS NOT DISTINCT FROM to_when THEN
        RETURN false;
    END IF;
    UPDATE registry.share
    SET ended_at = acted_at, ended_by = registry.viewer_account(), ended_by_name = registry.viewer_name()
    WHERE share_id = stands.share_id;
    IF from_when IS NOT NULL THEN
        INSERT INTO registry.share (organisation_id, person_id, contact_id, data, from_minute, to_minute, since, set_by, set_by_name)
        VALUES (whose.organisation_id, whose.person_id, whom, kind_of_data, from_when, to_when, acted_at,
                registry.viewer_account(), registry.viewer_name());
    END IF;
    RETURN true;
END
$$;

-- Pauses a home for a person who lives there; one that goes on is kept, with the later end. Returns since when.
CREATE OR REPLACE FUNCTION registry.begin_pause(wanted uuid, to_when timestamptz, acted_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose  registry.person := registry.decided_person(wanted, acted_at);
    since  timestamptz;
BEGIN
    IF whose.person_id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM registry.home WHERE home_id = whose.home_id FOR UPDATE;
    UPDATE registry.pause SET ended_at = until WHERE home_id = whose.home_id AND ended_at IS NULL AND until <= acted_at;
    UPDATE registry.pause SET until = to_when WHERE home_id = whose.home_id AND ended_at IS NULL
    RETURNING started_at INTO since;
    IF since IS NULL THEN
        INSERT INTO registry.pause (organisation_id, home_id, person_id, started_at, until, begun_by, begun_by_name)
        VALUES (whose.organisation_id, whose.home_id, whose.person_id, acted_at, to_when, registry.viewer_account(),
                registry.viewer_name())
        RETURNING started_at INTO since;
    END IF;
    RETURN since;
END
$$;

CREATE OR REPLACE FUNCTION registry.end_pause(wanted uuid, acted_at timestamptz) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose  registry.person := registry.decided_person(wanted, acted_at);
    since  timestamptz;
BEGIN
    UPDATE registry.pause
    SET ended_at = greatest(started_at, least(until, acted_at)), ended_by = registry.viewer_account(),
        ended_by_name = registry.viewer_name()
    WHERE home_id = whose.home_id AND ended_at IS NULL
    RETURNING started_at INTO since;
    RETURN since;
END
$$;

-- What stands of a person for whoever decides about it, each as one document: consents, shares, contacts, accounts, pauses.
CREATE OR REPLACE FUNCTION registry.decided(wanted uuid, at timestamptz) RETURNS TABLE (
    person_id int, public_id text, home_id int, name text, timezone text, language text, organisation text, organisation_phone text,
    capacity text, consents jsonb, contacts jsonb, shares jsonb, accounts jsonb, pauses jsonb, invitations jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT person.person_id, person.public_id::text, person.home_id, person.name, home.timezone, person.language,
        organisation.name, organisation.phone,
        coalesce((SELECT close.capacity FROM registry.viewer_close_to(at) AS close WHERE close.person_id = person.person_id), ''),
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'public_id', consent.public_id, 'purpose', purpose, 'basis', basis, 'valid_from', valid_from,
            'valid_until', valid_until, 'note', note, 'withdrawn_at', withdrawn_at,
            'withdrawn_by', withdrawn_by_name) ORDER BY valid_from DESC, consent_id DESC), '[]')
         FROM registry.consent WHERE consent.person_id = person.person_id),
        (SELECT coalesce(jsonb_agg(jsonb_build_object('key', contact.key, 'name', contact.name, 'relation', relation)
                                   ORDER BY position, contact_id), '[]')
         FROM registry.contact WHERE contact.person_id = person.person_id),
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'contact', contact.key, 'data', data, 'from_minute', from_minute, 'to_minute', to_minute, 'since', since)), '[]')
         FROM registry.share JOIN registry.contact USING (contact_id)
         WHERE share.person_id = person.person_id AND share.ended_at IS NULL),
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', account.name, 'capacity', close.capacity, 'contact', coalesce(contact.key, ''), 'since', close.since)), '[]')
         FROM registry.person_account AS close JOIN registry.account USING (account_id)
         LEFT JOIN registry.contact ON contact.contact_id = close.contact_id
         WHERE close.person_id = person.person_id AND coalesce(close.ended_at, 'infinity') > at AND account.active),
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'reason', reason, 'started_at', started_at, 'ended_at', ended_at) ORDER BY started_at DESC), '[]')
         FROM registry.unwatched WHERE unwatched.home_id = person.home_id),
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'public_id', invitation.public_id, 'capacity', invitation.capacity, 'contact', coalesce(contact.key, ''),
            'expires_at', expires_at, 'made_by', made_by_name) ORDER BY made_at), '[]')
         FROM registry.invitation LEFT JOIN registry.contact ON contact.contact_id = invitation.contact_id
         WHERE invitation.person_id = person.person_id AND used_at IS NULL AND revoked_at IS NULL AND expires_at > at)
    FROM registry.decided_person(wanted, at) AS person
    JOIN registry.home ON home.home_id = person.home_id
    JOIN registry.organisation ON organisation.organisation_id = person.organisation_id
    WHERE person.person_id IS NOT NULL
$$;

SELECT registry.protect('registry.consent', 'people');
SELECT registry.protect('registry.person_account', 'people');
SELECT registry.protect('registry.share', 'people');
SELECT registry.protect('registry.pause', 'people');
SELECT registry.protect('registry.invitation', 'people');
GRANT SELECT, INSERT, UPDATE, DELETE ON registry.consent, registry.person_account, registry.share, registry.pause,
    registry.invitation TO vicino_service;
GRANT SELECT ON registry.consent, registry.share, registry.pause TO vicino_people;
GRANT SELECT ON registry.unwatched TO vicino_people, vicino_service;

REVOKE ALL ON FUNCTION registry.holds(int, text, timestamptz), registry.unwatched_since(int, timestamptz),
    registry.is_agreed(registry.share, timestamptz), registry.is_shared(registry.share, timestamptz),
    registry.viewer_close_to(timestamptz), registry.viewer_shared(timestamptz), registry.contact_may_know(int, text, timestamptz),
    registry.viewer_persons(timestamptz), registry.viewer_agreed(timestamptz), registry.viewer_may_decide(int, timestamptz),
    registry.decided_person(uuid, timestamptz), registry.viewer_name(),
    registry.give_consent(uuid, text, text, timestamptz, timestamptz, text, timestamptz),
    registry.withdraw_consent(uuid, text, timestamptz), registry.set_share(uuid, text, text, int, int, timestamptz),
    registry.begin_pause(uuid, timestamptz, timestamptz), registry.end_pause(uuid, timestamptz),
    registry.decided(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.viewer_close_to(timestamptz), registry.viewer_shared(timestamptz),
    registry.viewer_persons(timestamptz), registry.viewer_agreed(timestamptz), registry.viewer_may_decide(int, timestamptz),
    registry.give_consent(uuid, text, text, timestamptz, timestamptz, text, timestamptz),
    registry.withdraw_consent(uuid, text, timestamptz), registry.set_share(uuid, text, text, int, int, timestamptz),
    registry.begin_pause(uuid, timestamptz, timestamptz), registry.end_pause(uuid, timestamptz),
    registry.decided(uuid, timestamptz) TO vicino_people;
GRANT EXECUTE ON FUNCTION registry.holds(int, text, timestamptz), registry.unwatched_since(int, timestamptz),
    registry.contact_may_know(int, text, timestamptz) TO vicino_service;
