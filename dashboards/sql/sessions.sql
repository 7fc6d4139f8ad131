-- start_session --
-- A sign-in; only a digest of its token is kept.
INSERT INTO dashboards.session (token_digest, account_id, csrf_token, started_at, seen_at, expires_at)
VALUES (%(digest)s, %(account_id)s, %(csrf_token)s, %(now)s, %(now)s, %(expires_at)s)

-- session --
-- The sign-in that belongs to a token, as long as it lasts and its account stands.
SELECT account_id, csrf_token, seen_at
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
