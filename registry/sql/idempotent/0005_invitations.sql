-- Invitations: made by whoever works for a person, used once by whoever holds the code, over when they expire, are taken back or
-- the consent of the person ends. Only a digest of the code is known here.
CREATE OR REPLACE FUNCTION registry.make_invitation(wanted uuid, as_what text, contact_key text, digest bytea, lasts_to timestamptz,
                                                    acted_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whose registry.person;
    whom  int;
    made  uuid;
BEGIN
    SELECT * INTO whose FROM registry.person AS person
    WHERE person.public_id = wanted AND EXISTS (
        SELECT FROM registry.viewer_roles() AS roles
        WHERE roles.organisation_id = person.organisation_id AND role IN ('operator', 'coordinator', 'administrator')
    );
    SELECT contact_id INTO whom FROM registry.contact WHERE person_id = whose.person_id AND key = contact_key;
    IF whose.person_id IS NULL OR (contact_key <> '' AND whom IS NULL) OR (as_what = 'family' AND (
        whom IS NULL OR NOT registry.holds(whose.person_id, 'family', acted_at)
        OR NOT EXISTS (SELECT FROM registry.share WHERE contact_id = whom AND ended_at IS NULL)
    )) THEN
        RETURN NULL;
    END IF;
    -- A new one takes the place of the one before, which may lie about somewhere.
    UPDATE registry.invitation SET revoked_at = acted_at
    WHERE person_id = whose.person_id AND capacity = as_what AND contact_id IS NOT DISTINCT FROM whom
        AND used_at IS NULL AND revoked_at IS NULL;
    INSERT INTO registry.invitation (organisation_id, person_id, capacity, contact_id, code_digest, made_at, made_by, made_by_name,
                                     expires_at)
    VALUES (whose.organisation_id, whose.person_id, as_what, whom, digest, acted_at, registry.viewer_account(),
            registry.viewer_name(), lasts_to)
    RETURNING public_id INTO made;
    RETURN made;
END
$$;

CREATE OR REPLACE FUNCTION registry.revoke_invitation(wanted uuid, acted_at timestamptz) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE registry.invitation SET revoked_at = acted_at
    WHERE public_id = wanted AND used_at IS NULL AND revoked_at IS NULL AND registry.viewer_may_decide(person_id, acted_at)
    RETURNING true
$$;

-- The invitation of a code, as long as it can be used.
CREATE OR REPLACE FUNCTION registry.open_invitation(digest bytea, at timestamptz) RETURNS registry.invitation
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT invitation FROM registry.invitation
    WHERE code_digest = digest AND used_at IS NULL AND revoked_at IS NULL AND expires_at > at
        AND (capacity <> 'family' OR registry.holds(person_id, 'family', at))
$$;

-- What whoever holds a code is told before it is used.
CREATE OR REPLACE FUNCTION registry.look_at_invitation(digest bytea, at timestamptz)
RETURNS TABLE (person text, capacity text, organisation text, name text, email text, language text, expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT person.name, invited.capacity, organisation.name,
        CASE invited.capacity WHEN 'self' THEN person.name ELSE coalesce(contact.name, '') END,
        coalesce(contact.email, ''), coalesce(contact.language, person.language), invited.expires_at
    FROM registry.open_invitation(digest, at) AS invited
    JOIN registry.person ON person.person_id = invited.person_id
    JOIN registry.organisation ON organisation.organisation_id = invited.organisation_id
    LEFT JOIN registry.contact ON contact.contact_id = invited.contact_id
$$;

-- Uses an invitation for an account; returns the person to whom it leads, null where it cannot be used.
DROP FUNCTION IF EXISTS registry.use_invitation(bytea, int, timestamptz);
CREATE FUNCTION registry.use_invitation(digest bytea, account int, at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    invited registry.invitation;
BEGIN
    -- Locked first: two who use it at once find it used by one of them.
    PERFORM FROM registry.invitation WHERE code_digest = digest FOR UPDATE;
    invited := registry.open_invitation(digest, at);
    IF invited.invitation_id IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO registry.person_account (organisation_id, account_id, person_id, capacity, contact_id, since)
    VALUES (invited.organisation_id, account, invited.person_id, invited.capacity, invited.contact_id, at)
    ON CONFLICT (account_id, person_id) DO UPDATE
    SET capacity = excluded.capacity, contact_id = excluded.contact_id, since = excluded.since, ended_at = NULL;
    UPDATE registry.invitation SET used_at = at, used_by = account WHERE invitation_id = invited.invitation_id;
    RETURN invited.person_id;
END
$$;

-- Makes the account of whoever was invited. Returns its number; null where the code cannot be used; -1 where the login is taken.
CREATE OR REPLACE FUNCTION registry.accept_invitation(digest bytea, wanted_login text, said_name text, hash text, said_language text,
                                                      at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    invited registry.invitation := registry.open_invitation(digest, at);
    made    int;
BEGIN
    IF invited.invitation_id IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO registry.account (login, name, email, password_hash, language)
    VALUES (wanted_login, said_name, coalesce((SELECT email FROM registry.contact WHERE contact_id = invited.contact_id), ''),
            hash, said_language)
    ON CONFLICT (login) DO NOTHING
    RETURNING account_id INTO made;
    IF made IS NULL THEN
        RETURN -1;
    END IF;
    IF registry.use_invitation(digest, made, at) IS NULL THEN
        RAISE EXCEPTION 'the invitation was used meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN made;
END
$$;

-- Lets the viewer, who has an account already, use an invitation; returns the person to whom it leads.
DROP FUNCTION IF EXISTS registry.join_by_invitation(bytea, timestamptz);
CREATE FUNCTION registry.join_by_invitation(digest bytea, at timestamptz) RETURNS int
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT registry.use_invitation(digest, account_id, at) FROM registry.account
    WHERE account_id = registry.viewer_account() AND active
$$;

REVOKE ALL ON FUNCTION registry.make_invitation(uuid, text, text, bytea, timestamptz, timestamptz),
    registry.revoke_invitation(uuid, timestamptz), registry.open_invitation(bytea, timestamptz),
    registry.look_at_invitation(bytea, timestamptz), registry.use_invitation(bytea, int, timestamptz),
    registry.accept_invitation(bytea, text, text, text, text, timestamptz), registry.join_by_invitation(bytea, timestamptz)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.make_invitation(uuid, text, text, bytea, timestamptz, timestamptz),
    registry.revoke_invitation(uuid, timestamptz), registry.look_at_invitation(bytea, timestamptz),
    registry.accept_invitation(bytea, text, text, text, text, timestamptz), registry.join_by_invitation(bytea, timestamptz)
    TO vicino_people;
