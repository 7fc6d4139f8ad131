-- Second factors. No role that serves anybody reads these tables: what may be asked and done stands here.
REVOKE ALL ON registry.second_factor, registry.second_factor_offer, registry.recovery_code, registry.account_event
    FROM vicino_service, vicino_people, vicino_views;

-- Notes what happened to an account: by the viewer, else by the account itself.
CREATE OR REPLACE FUNCTION registry.note_account_event(wanted int, what text, acted_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO registry.account_event (account_id, at, kind, by_account, by_name)
    SELECT wanted, acted_at, what, account_id, name FROM registry.account
    WHERE account_id = coalesce(registry.viewer_account(), wanted)
$$;

-- What is known of the second factor of an account, but its secret.
CREATE OR REPLACE FUNCTION registry.second_factor_of(wanted int)
RETURNS TABLE (since timestamptz, failures int, failed_at timestamptz, codes_left int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT factor.since, factor.failures, factor.failed_at,
        (SELECT count(*)::int FROM registry.recovery_code AS code
         WHERE code.account_id = wanted AND used_at IS NULL AND issued_by_name IS NULL)
    FROM registry.second_factor AS factor WHERE factor.account_id = wanted
$$;

-- Whether an account has one of some roles anywhere.
CREATE OR REPLACE FUNCTION registry.has_role(wanted int, roles text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM registry.membership WHERE account_id = wanted AND role = ANY (roles))
$$;

-- Keeps a secret that is shown now, until a code of it comes; returns the one that was shown a moment ago and still stands.
CREATE OR REPLACE FUNCTION registry.offer_second_factor(wanted int, new_secret bytea, at timestamptz, oldest timestamptz) RETURNS bytea
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO registry.second_factor_offer AS offer (account_id, secret, offered_at) VALUES (wanted, new_secret, at)
    ON CONFLICT (account_id) DO UPDATE
    SET secret = CASE WHEN offer.offered_at < oldest THEN excluded.secret ELSE offer.secret END, offered_at = CASE WHEN offer.offered_at < oldest THEN excluded.offered_at ELSE offer.offered_at END
    RETURNING secret
$$;

CREATE OR REPLACE FUNCTION registry.offered_second_factor(wanted int, oldest timestamptz) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT secret FROM registry.second_factor_offer WHERE account_id = wanted AND offered_at >= oldest
$$;

-- Puts one's own recovery codes in the place of those before.
CREATE OR REPLACE FUNCTION registry.make_recovery_codes(wanted int, digests bytea[], acted_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM registry.recovery_code WHERE account_id = wanted AND issued_by_name IS NULL;
    INSERT INTO registry.recovery_code (code_digest, account_id, made_at)
    SELECT digest, wanted, acted_at FROM unnest(digests) AS digest;
    SELECT registry.note_account_event(wanted, 'recovery_codes_made', acted_at)
$$;

-- Sets the second factor of an account to the secret that was offered, of which the code of a step came; tells whether it was the
-- one. What was handed out for the lost one before is over.
CREATE OR REPLACE FUNCTION registry.set_second_factor(wanted int, offered bytea, step bigint, digests bytea[], acted_at timestamptz)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM registry.second_factor_offer WHERE account_id = wanted AND secret = offered;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO registry.second_factor (account_id, secret, since, last_step) VALUES (wanted, offered, acted_at, step)
    ON CONFLICT (account_id) DO UPDATE
    SET secret = excluded.secret, since = excluded.since, last_step = excluded.last_step, failures = 0, failed_at = NULL;
    DELETE FROM registry.recovery_code WHERE account_id = wanted;
    PERFORM registry.note_account_event(wanted, 'second_factor_set', acted_at);
    PERFORM registry.make_recovery_codes(wanted, digests, acted_at);
    RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION registry.remove_second_factor(wanted int, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM registry.second_factor WHERE account_id = wanted;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM registry.recovery_code WHERE account_id = wanted;
    -- They are on devices that may be lost with it, and nothing would let whoever has only them back in.
    DELETE FROM registry.passkey WHERE account_id = wanted;
    PERFORM registry.note_account_event(wanted, 'second_factor_removed', acted_at);
    RETURN true;
END
$$;

-- Counts an attempt before its code is looked at, so that many at once are many. Returns the seconds to wait, and where there are
-- none the secret. The wait grows from the sixth wrong code in a row to a quarter of an hour and no further.
CREATE OR REPLACE FUNCTION registry.take_attempt(wanted int, acted_at timestamptz, OUT wait_s float8, OUT secret bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    factor registry.second_factor;
BEGIN
    SELECT * INTO factor FROM registry.second_factor AS known WHERE known.account_id = wanted FOR UPDATE;
    wait_s := CASE WHEN factor.failures < 5 THEN 0
              ELSE greatest(0, least(900, 2 ^ least(factor.failures - 4, 10)) - extract(epoch FROM acted_at - factor.failed_at)) END;
    IF factor.account_id IS NULL OR wait_s > 0 THEN
        RETURN;
    END IF;
    UPDATE registry.second_factor AS known SET failures = known.failures + 1, failed_at = acted_at WHERE known.account_id = wanted;
    secret := factor.secret;
END
$$;

-- Accepts the code of a step, once. The owner is told of those before that somebody else may have tried.
CREATE OR REPLACE FUNCTION registry.accept_step(wanted int, step bigint, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    counted int;
BEGIN
    SELECT failures INTO counted FROM registry.second_factor WHERE account_id = wanted FOR UPDATE;
    UPDATE registry.second_factor SET last_step = step, failures = 0, failed_at = NULL WHERE account_id = wanted AND last_step < step;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- The one that was right is counted, too.
    IF counted > 5 THEN
        PERFORM registry.note_account_event(wanted, 'wrong_codes', acted_at);
    END IF;
    RETURN true;
END
$$;

-- Uses a recovery code: 'own', or 'issued' for one that was handed out, which takes the lost second factor away; NULL if it is none.
CREATE OR REPLACE FUNCTION registry.use_recovery_code(wanted int, digest bytea, acted_at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    used registry.recovery_code;
BEGIN
    UPDATE registry.recovery_code AS code SET used_at = acted_at
    WHERE code_digest = digest AND account_id = wanted AND used_at IS NULL AND (expires_at > acted_at OR expires_at IS NULL)
    RETURNING * INTO used;
    IF used.account_id IS NULL THEN
        RETURN NULL;
    END IF;
    IF used.issued_by_name IS NULL THEN
        UPDATE registry.second_factor SET failures = 0, failed_at = NULL WHERE account_id = wanted;
        PERFORM registry.note_account_event(wanted, 'recovery_code_used', acted_at);
        RETURN 'own';
    END IF;
    PERFORM registry.note_account_event(wanted, 'issued_recovery_used', acted_at);
    PERFORM registry.remove_second_factor(wanted, acted_at);
    RETURN 'issued';
END
$$;

-- Hands out a recovery code for somebody else's account, by a name; sign-ins of that account are over. Tells whether it has what
-- could be recovered.
CREATE OR REPLACE FUNCTION registry.hand_out_recovery(wanted int, by_whom text, digest bytea, lasts_to timestamptz, acted_at timestamptz)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM registry.second_factor WHERE account_id = wanted;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM registry.recovery_code WHERE account_id = wanted AND issued_by_name IS NOT NULL;
    INSERT INTO registry.recovery_code (code_digest, account_id, made_at, issued_by_name, expires_at)
    VALUES (digest, wanted, acted_at, by_whom, lasts_to);
    UPDATE registry.account SET signed_out_before = acted_at WHERE account_id = wanted;
    INSERT INTO registry.account_event (account_id, at, kind, by_account, by_name)
    VALUES (wanted, acted_at, 'recovery_issued', registry.viewer_account(), by_whom);
    RETURN true;
END
$$;

-- Where the viewer administers.
CREATE OR REPLACE FUNCTION registry.viewer_administers(wanted int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM registry.viewer_roles() WHERE organisation_id = wanted AND role = 'administrator')
$$;

-- An account belongs to whoever administers every organisation in which it has a role, or looks after somebody it is close to:
-- else the administrator of one municipality could close the account of another.
CREATE OR REPLACE FUNCTION registry.viewer_administers_account(wanted int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(bool_and(registry.viewer_administers(organisation_id)), false) FROM (
        SELECT organisation_id FROM registry.membership WHERE account_id = wanted
        UNION ALL
        SELECT organisation_id FROM registry.person_account WHERE account_id = wanted AND ended_at IS NULL
    ) AS belongs
$$;
REVOKE ALL ON FUNCTION registry.viewer_administers(int), registry.viewer_administers_account(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.viewer_administers(int), registry.viewer_administers_account(int) TO vicino_people;

-- The accounts that a viewer administers.
DROP FUNCTION IF EXISTS registry.administered_accounts();
CREATE FUNCTION registry.administered_accounts()
RETURNS TABLE (account_id int, public_id uuid, login text, name text, active boolean, roles text[], second_factor boolean,
               providers text[], by_provider_only boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT account.account_id, account.public_id, account.login, account.name, account.active,
        array_agg(membership.role || ' ' || organisation.name ORDER BY organisation.name, membership.role),
        EXISTS (SELECT FROM registry.second_factor AS factor WHERE factor.account_id = account.account_id),
        ARRAY(SELECT provider FROM registry.identity WHERE identity.account_id = account.account_id ORDER BY provider),
        account.by_provider_only
    FROM registry.account
    JOIN registry.membership USING (account_id)
    JOIN registry.organisation USING (organisation_id)
    WHERE organisation.kind <> 'canary'
    GROUP BY account.account_id
    HAVING registry.viewer_administers_account(account.account_id)
    ORDER BY account.name, account.account_id
$$;

-- The same as whoever administers the account, never for oneself.
CREATE OR REPLACE FUNCTION registry.issue_recovery(whose uuid, digest bytea, lasts_to timestamptz, acted_at timestamptz) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT registry.hand_out_recovery(seen.account_id, own.name, digest, lasts_to, acted_at)
    FROM registry.administered_accounts() AS seen, registry.account AS own
    WHERE seen.public_id = whose AND seen.active AND own.account_id = registry.viewer_account() AND own.account_id <> seen.account_id
$$;

-- What happened to the viewer's own account, the latest first.
CREATE OR REPLACE FUNCTION registry.own_account_events(most int)
RETURNS TABLE (at timestamptz, kind text, by_name text, by_self boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT event.at, event.kind, event.by_name, event.by_account IS NOT DISTINCT FROM event.account_id
    FROM registry.account_event AS event WHERE event.account_id = registry.viewer_account()
    ORDER BY event.at DESC, event_id DESC LIMIT most
$$;

-- The password hash of the viewer's own account, to ask for it again before something grave.
CREATE OR REPLACE FUNCTION registry.own_password_hash() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT password_hash FROM registry.account WHERE account_id = registry.viewer_account() AND active AND NOT by_provider_only
$$;

REVOKE ALL ON FUNCTION registry.note_account_event(int, text, timestamptz), registry.second_factor_of(int),
    registry.has_role(int, text[]), registry.offer_second_factor(int, bytea, timestamptz, timestamptz),
    registry.offered_second_factor(int, timestamptz), registry.make_recovery_codes(int, bytea[], timestamptz),
    registry.set_second_factor(int, bytea, bigint, bytea[], timestamptz), registry.remove_second_factor(int, timestamptz),
    registry.take_attempt(int, timestamptz), registry.accept_step(int, bigint, timestamptz), registry.use_recovery_code(int, bytea, timestamptz),
    registry.hand_out_recovery(int, text, bytea, timestamptz, timestamptz), registry.administered_accounts(),
    registry.issue_recovery(uuid, bytea, timestamptz, timestamptz), registry.own_account_events(int), registry.own_password_hash()
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.note_account_event(int, text, timestamptz), registry.second_factor_of(int),
    registry.has_role(int, text[]), registry.offer_second_factor(int, bytea, timestamptz, timestamptz),
    registry.offered_second_factor(int, timestamptz), registry.make_recovery_codes(int, bytea[], timestamptz),
    registry.set_second_factor(int, bytea, bigint, bytea[], timestamptz), registry.remove_second_factor(int, timestamptz),
    registry.take_attempt(int, timestamptz), registry.accept_step(int, bigint, timestamptz), registry.use_recovery_code(int, bytea, timestamptz),
    registry.administered_accounts(), registry.issue_recovery(uuid, bytea, timestamptz, timestamptz),
    registry.own_account_events(int), registry.own_password_hash() TO vicino_people;
GRANT EXECUTE ON FUNCTION registry.hand_out_recovery(int, text, bytea, timestamptz, timestamptz) TO vicino_service;

-- How many of staff sign in by a password of ours alone, by role, among how many who have a password: numbers for whoever runs
-- the machine, and nobody's name. Who has several roles counts in each.
CREATE OR REPLACE FUNCTION registry.without_second_factor()
RETURNS TABLE (role text, accounts bigint, without bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT held.role, count(*), count(*) FILTER (WHERE factor.account_id IS NULL)
    FROM (SELECT DISTINCT membership.account_id, membership.role FROM registry.membership
          JOIN registry.organisation USING (organisation_id) WHERE organisation.kind <> 'canary') AS held
    JOIN registry.account USING (account_id)
    LEFT JOIN registry.second_factor AS factor USING (account_id)
    WHERE account.active AND account.password_hash IS NOT NULL AND NOT account.by_provider_only
    GROUP BY held.role ORDER BY held.role
$$;
REVOKE ALL ON FUNCTION registry.without_second_factor() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.without_second_factor() TO vicino_service;
