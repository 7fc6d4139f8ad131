-- make_token --
-- A token for an active account; only its digest is kept. Nothing where there is no such account.
INSERT INTO dashboards.api_token (token_digest, account_id, name, scopes, made_at, expires_at)
SELECT %(digest)s, account_id, %(name)s, %(scopes)s::text[], %(now)s, %(expires_at)s
FROM registry.account WHERE login = lower(%(login)s) AND active
RETURNING token_id

-- token --
-- Whom a token acts for and what it may do, as long as it lasts and its account is open. A changed password does not end it.
SELECT token_id, account_id, scopes, used_at
FROM dashboards.api_token
WHERE token_digest = %(digest)s AND ended_at IS NULL AND expires_at > %(now)s
    AND registry.sign_in_stands(account_id, 'infinity')

-- touch_token --
-- When a token was last used.
UPDATE dashboards.api_token SET used_at = %(now)s WHERE token_id = %(token_id)s

-- end_token --
-- Ends a token; returns it if it was good until now.
UPDATE dashboards.api_token SET ended_at = %(now)s
WHERE token_id = %(token_id)s AND ended_at IS NULL AND expires_at > %(now)s
RETURNING token_id

-- tokens --
-- Every token, those that are over too, and until when each is good, or was.
SELECT token_id, account.login, api_token.name, scopes, made_at, used_at, least(expires_at, ended_at) AS over_at,
    CASE WHEN ended_at IS NOT NULL THEN 'ended' WHEN expires_at <= %(now)s THEN 'expired' WHEN NOT account.active THEN 'closed'
         ELSE 'good' END AS stands
FROM dashboards.api_token JOIN registry.account USING (account_id) ORDER BY token_id
