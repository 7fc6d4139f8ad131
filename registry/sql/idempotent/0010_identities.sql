-- Identities at providers. As with other ways to sign in nobody who serves anybody reads the table; services see who has one where.
REVOKE ALL ON registry.identity FROM vicino_service, vicino_people, vicino_views;
GRANT SELECT (account_id, provider) ON registry.identity TO vicino_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON registry.provider_request TO vicino_people;

-- Whether an organisation is another one or lies below it; "" for any.
CREATE OR REPLACE FUNCTION registry.organisation_is_within(wanted int, organisation_key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT organisation_id, key, parent_id FROM registry.organisation WHERE organisation_id = wanted
        UNION
        SELECT parent.organisation_id, parent.key, parent.parent_id
        FROM registry.organisation AS parent JOIN above ON parent.organisation_id = above.parent_id
    )
    SELECT organisation_key = '' OR EXISTS (SELECT FROM above WHERE key = organisation_key)
$$;

-- Whether a provider for an organisation and those below ("": for all) may sign in an account: all that the account is anywhere, it is
-- there. Else whoever has the provider of a municipality in hand would be the administrator of the union above it.
CREATE OR REPLACE FUNCTION registry.account_is_within(wanted int, organisation_key text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT organisation_key = '' OR coalesce(bool_and(registry.organisation_is_within(belongs.organisation_id, organisation_key)), false)
    FROM (
        SELECT organisation_id FROM registry.membership WHERE account_id = wanted
        UNION ALL
        SELECT organisation_id FROM registry.person_account WHERE account_id = wanted AND ended_at IS NULL
    ) AS belongs
$$;

-- Whose identity it is, and whether the provider may sign them in; noted as used if so.
CREATE OR REPLACE FUNCTION registry.sign_in_by_identity(digest bytea, organisation_key text, acted_at timestamptz)
RETURNS TABLE (account_id int, language text, is_within boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found record;
BEGIN
    SELECT account.account_id, account.language, registry.account_is_within(account.account_id, organisation_key) AS is_within INTO found
    FROM registry.identity JOIN registry.account USING (account_id) WHERE subject_digest = digest AND account.active;
    IF found.account_id IS NULL THEN
        RETURN;
    END IF;
    IF found.is_within THEN
        UPDATE registry.identity SET used_at = acted_at WHERE subject_digest = digest;
    END IF;
    RETURN QUERY SELECT found.account_id, found.language, found.is_within;
END
$$;

-- Adds an identity to the viewer's own account: 'linked', or why not: 'taken' by another account, 'another' one of this provider is
-- there, 'elsewhere': the provider may not sign this account in.
CREATE OR REPLACE FUNCTION registry.link_identity(named text, digest bytea, organisation_key text, acted_at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own int := (SELECT account_id FROM registry.account WHERE account_id = registry.viewer_account() AND active);
BEGIN
    IF own IS NULL OR NOT registry.account_is_within(own, organisation_key) THEN
        RETURN 'elsewhere';
    END IF;
    IF EXISTS (SELECT FROM registry.identity WHERE subject_digest = digest AND account_id <> own) THEN
        RETURN 'taken';
    END IF;
    IF EXISTS (SELECT FROM registry.identity WHERE account_id = own AND provider = named AND subject_digest <> digest) THEN
        RETURN 'another';
    END IF;
    INSERT INTO registry.identity (account_id, provider, subject_digest, linked_at) VALUES (own, named, digest, acted_at)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM registry.note_account_event(own, 'identity_linked', acted_at);
    END IF;
    RETURN CASE WHEN EXISTS (SELECT FROM registry.identity WHERE account_id = own AND subject_digest = digest)
           THEN 'linked' ELSE 'taken' END;
END
$$;

CREATE OR REPLACE FUNCTION registry.own_identities()
RETURNS TABLE (public_id uuid, provider text, linked_at timestamptz, used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT public_id, provider, linked_at, used_at FROM registry.identity
    WHERE account_id = registry.viewer_account() ORDER BY identity_id
$$;

-- Whether an identity lets its account in: its provider is offered, and may sign that account in. `offered` and, beside each, the
-- `organisation_keys` are those of the file of providers.
DROP FUNCTION IF EXISTS registry.remove_identity(uuid, timestamptz), registry.set_by_provider_only(uuid, boolean, timestamptz);
CREATE OR REPLACE FUNCTION registry.identity_lets_in(whose int, named text, offered text[], organisation_keys text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM unnest(offered, organisation_keys) AS provider (key, organisation_key)
        WHERE provider.key = named AND registry.account_is_within(whose, provider.organisation_key)
    )
$$;

-- Takes an identity of the viewer's away: 'removed'; 'needed' where nothing else would let them in; NULL if there is none.
CREATE OR REPLACE FUNCTION registry.remove_identity(wanted uuid, offered text[], organisation_keys text[], acted_at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    own registry.account;
BEGIN
    -- Locked, so that two at once do not take away the last two.
    SELECT * INTO own FROM registry.account WHERE account_id = registry.viewer_account() AND active FOR UPDATE;
    IF NOT EXISTS (SELECT FROM registry.identity WHERE public_id = wanted AND account_id = own.account_id) THEN
        RETURN NULL;
    END IF;
    IF (own.by_provider_only OR own.password_hash IS NULL) AND NOT EXISTS (
        SELECT FROM registry.identity WHERE account_id = own.account_id AND public_id <> wanted
            AND registry.identity_lets_in(own.account_id, provider, offered, organisation_keys)
    ) THEN
        RETURN 'needed';
    END IF;
    DELETE FROM registry.identity WHERE public_id = wanted AND account_id = own.account_id;
    PERFORM registry.note_account_event(own.account_id, 'identity_removed', acted_at);
    RETURN 'removed';
END
$$;

-- Uses an invitation by an identity: for the account that has it, else for a new one without password. Returns the account; null where
-- the code cannot be used; -1 where the provider may not sign in accounts of the organisation that invites.
CREATE OR REPLACE FUNCTION registry.accept_invitation_by_identity(
    code_digest bytea, named text, subject bytea, organisation_key text, new_login text, said_name text, said_language text,
    at timestamptz
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    invited registry.invitation := registry.open_invitation(code_digest, at);
    whose   int := (SELECT account_id FROM registry.identity WHERE subject_digest = subject);
BEGIN
    IF invited.invitation_id IS NULL THEN
        RETURN NULL;
    END IF;
    IF NOT registry.organisation_is_within(invited.organisation_id, organisation_key) OR (whose IS NOT NULL AND NOT (
        registry.account_is_within(whose, organisation_key) AND EXISTS (SELECT FROM registry.account WHERE account_id = whose AND active)
    )) THEN
        RETURN -1;
    END IF;
    IF whose IS NULL THEN
        INSERT INTO registry.account (login, name, email, language)
        VALUES (new_login, coalesce(nullif(said_name, ''),
                    (SELECT nullif(name, '') FROM registry.look_at_invitation(code_digest, at)), new_login),
                coalesce((SELECT email FROM registry.contact WHERE contact_id = invited.contact_id), ''), said_language)
        RETURNING account_id INTO whose;
        INSERT INTO registry.identity (account_id, provider, subject_digest, linked_at, used_at)
        VALUES (whose, named, subject, at, at);
        PERFORM registry.note_account_event(whose, 'identity_linked', at);
    ELSE
        UPDATE registry.identity SET used_at = at WHERE subject_digest = subject;
    END IF;
    IF registry.use_invitation(code_digest, whose, at) IS NULL THEN
        RAISE EXCEPTION 'the invitation was used meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN whose;
END
$$;

-- Lets an account that the viewer administers, never the own one, sign in through providers alone, or by its password again. Its
-- sign-ins are over. False where there is none, or where none of its identities lets it in, so that it would be shut out.
CREATE OR REPLACE FUNCTION registry.set_by_provider_only(
    whose uuid, wanted boolean, offered text[], organisation_keys text[], acted_at timestamptz
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    seen int := (SELECT account_id FROM registry.administered_accounts() WHERE public_id = whose);
BEGIN
    -- Locked, so that the last identity is not taken away at the same time.
    PERFORM FROM registry.account WHERE account_id = seen FOR UPDATE;
    UPDATE registry.account SET by_provider_only = wanted, signed_out_before = acted_at
    WHERE account_id = seen AND seen <> registry.viewer_account() AND by_provider_only <> wanted
        AND (NOT wanted OR EXISTS (
            SELECT FROM registry.identity WHERE identity.account_id = seen
                AND registry.identity_lets_in(seen, provider, offered, organisation_keys)
        ));
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM registry.note_account_event(seen, CASE WHEN wanted THEN 'by_provider_only' ELSE 'by_password_again' END, acted_at);
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION registry.account_is_within(int, text), registry.organisation_is_within(int, text),
    registry.sign_in_by_identity(bytea, text, timestamptz), registry.link_identity(text, bytea, text, timestamptz),
    registry.own_identities(), registry.remove_identity(uuid, text[], text[], timestamptz),
    registry.accept_invitation_by_identity(bytea, text, bytea, text, text, text, text, timestamptz),
    registry.set_by_provider_only(uuid, boolean, text[], text[], timestamptz),
    registry.identity_lets_in(int, text, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.sign_in_by_identity(bytea, text, timestamptz),
    registry.link_identity(text, bytea, text, timestamptz), registry.own_identities(), registry.remove_identity(uuid, text[], text[], timestamptz),
    registry.accept_invitation_by_identity(bytea, text, bytea, text, text, text, text, timestamptz),
    registry.set_by_provider_only(uuid, boolean, text[], text[], timestamptz) TO vicino_people;
