-- Passkeys. As with other second factors nobody who serves anybody reads the table.
REVOKE ALL ON registry.passkey FROM vicino_service, vicino_people, vicino_views;

-- What a device is told when a passkey is added for the viewer's own account, and which it may not add again.
CREATE OR REPLACE FUNCTION registry.own_passkey_account()
RETURNS TABLE (public_id uuid, login text, name text, credentials bytea[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT account.public_id, account.login, account.name,
        ARRAY(SELECT credential_id FROM registry.passkey WHERE passkey.account_id = account.account_id ORDER BY passkey_id)
    FROM registry.account WHERE account_id = registry.viewer_account() AND active
$$;

-- Adds a passkey to the viewer's own account; false where it belongs to somebody already.
CREATE OR REPLACE FUNCTION registry.add_passkey(credential bytea, key bytea, counted bigint, called text, acted_at timestamptz)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO registry.passkey (account_id, credential_id, public_key, sign_count, label, added_at)
    SELECT account_id, credential, key, counted, called, acted_at
    FROM registry.account WHERE account_id = registry.viewer_account() AND active
    ON CONFLICT (credential_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM registry.note_account_event(registry.viewer_account(), 'passkey_added', acted_at);
    RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION registry.own_passkeys()
RETURNS TABLE (public_id uuid, label text, added_at timestamptz, used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT public_id, label, added_at, used_at FROM registry.passkey WHERE account_id = registry.viewer_account() ORDER BY passkey_id
$$;

CREATE OR REPLACE FUNCTION registry.remove_passkey(wanted uuid, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM registry.passkey WHERE public_id = wanted AND account_id = registry.viewer_account();
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM registry.note_account_event(registry.viewer_account(), 'passkey_removed', acted_at);
    RETURN true;
END
$$;

-- What is needed to check who signs in with a passkey, held until it is said what came of it.
CREATE OR REPLACE FUNCTION registry.passkey_for(credential bytea)
RETURNS TABLE (account_id int, account uuid, language text, public_key bytea, sign_count bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT account.account_id, account.public_id, account.language, passkey.public_key, passkey.sign_count
    FROM registry.passkey JOIN registry.account USING (account_id)
    WHERE credential_id = credential AND active AND NOT by_provider_only FOR UPDATE OF passkey
$$;

CREATE OR REPLACE FUNCTION registry.note_passkey_used(credential bytea, counted bigint, acted_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE registry.passkey SET sign_count = counted, used_at = acted_at WHERE credential_id = credential
$$;

REVOKE ALL ON FUNCTION registry.own_passkey_account(), registry.add_passkey(bytea, bytea, bigint, text, timestamptz),
    registry.own_passkeys(), registry.remove_passkey(uuid, timestamptz), registry.passkey_for(bytea),
    registry.note_passkey_used(bytea, bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.own_passkey_account(), registry.add_passkey(bytea, bytea, bigint, text, timestamptz),
    registry.own_passkeys(), registry.remove_passkey(uuid, timestamptz), registry.passkey_for(bytea),
    registry.note_passkey_used(bytea, bigint, timestamptz) TO vicino_people;
