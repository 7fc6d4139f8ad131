-- start_session --
-- A sign-in; only a digest of its token is kept.
INSERT INTO dashboards.session (token_digest, account_id, csrf_token, device, started_at, seen_at, expires_at)
VALUES (%(digest)s, %(account_id)s, %(csrf_token)s, %(device)s, %(now)s, %(now)s, %(expires_at)s)

-- session --
-- The sign-in that belongs to a token, as long as it lasts and its account stands; what the account sees, if that is asked for.
SELECT account_id, csrf_token, seen_at, CASE WHEN %(sight)s THEN registry.sight_of(account_id) ELSE '' END AS sight
FROM dashboards.session
WHERE token_digest = %(digest)s AND expires_at > %(now)s AND registry.sign_in_stands(account_id, started_at)

-- touch_session --
-- When a sign-in was last used.
UPDATE dashboards.session SET seen_at = %(now)s WHERE token_digest = %(digest)s

-- end_session --
-- A sign-out.
DELETE FROM dashboards.session WHERE token_digest = %(digest)s

-- forget_expired_sessions --
-- Sign-ins that have run out.
DELETE FROM dashboards.session WHERE expires_at <= %(now)s

-- answers --
-- Whether the database answers and has its schema.
SELECT count(*) AS sessions FROM (SELECT FROM dashboards.session LIMIT 1) AS any_session

-- sessions_of_account --
-- The sign-ins of an account that last, the latest used first.
SELECT public_id, device, started_at, seen_at, token_digest = %(digest)s AS is_this
FROM dashboards.session
WHERE account_id = %(account_id)s AND expires_at > %(now)s AND registry.sign_in_stands(account_id, started_at)
ORDER BY is_this DESC, seen_at DESC

-- end_session_of --
-- Ends a sign-in of an account.
DELETE FROM dashboards.session WHERE account_id = %(account_id)s AND public_id = %(public_id)s RETURNING public_id

-- end_other_sessions --
-- Ends the sign-ins of an account but one.
DELETE FROM dashboards.session WHERE account_id = %(account_id)s AND token_digest <> %(digest)s RETURNING public_id

-- start_half_sign_in --
-- The password, or a provider, was right; a code is still to come.
INSERT INTO dashboards.half_sign_in (token_digest, account_id, provider, started_at, expires_at)
VALUES (%(digest)s, %(account_id)s, %(provider)s, %(now)s, %(expires_at)s)

-- half_sign_in --
-- Of which account the password, or which provider, was right a moment ago.
SELECT account_id, provider FROM dashboards.half_sign_in
WHERE token_digest = %(digest)s AND expires_at > %(now)s AND registry.sign_in_stands(account_id, started_at)

-- end_half_sign_in --
-- Forgets one.
DELETE FROM dashboards.half_sign_in WHERE token_digest = %(digest)s

-- forget_expired_half_sign_ins --
-- Those that have run out.
DELETE FROM dashboards.half_sign_in WHERE expires_at <= %(now)s

-- keep_challenge --
-- What a passkey has to sign now, for one browser; the one before is void.
INSERT INTO dashboards.passkey_challenge (holder_digest, challenge, expires_at)
VALUES (%(holder)s, %(challenge)s, %(expires_at)s)
ON CONFLICT (holder_digest) DO UPDATE SET challenge = excluded.challenge, expires_at = excluded.expires_at

-- take_challenge --
-- What a passkey had to sign, once.
DELETE FROM dashboards.passkey_challenge WHERE holder_digest = %(holder)s RETURNING challenge, expires_at > %(now)s AS holds

-- forget_expired_challenges --
-- Those of which nothing came.
DELETE FROM dashboards.passkey_challenge WHERE expires_at <= %(now)s
