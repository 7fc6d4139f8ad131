-- keep_provider_request --
-- A sign-in through a provider was begun in one browser; the one before is void.
INSERT INTO registry.provider_request (holder_digest, state_digest, provider, nonce, verifier, wanted, account_id,
                                       invitation_digest, expires_at)
VALUES (%(holder)s, %(state)s, %(provider)s, %(nonce)s, %(verifier)s, %(wanted)s, %(account_id)s, %(invitation)s, %(expires_at)s)
ON CONFLICT (holder_digest) DO UPDATE SET state_digest = excluded.state_digest, provider = excluded.provider,
    nonce = excluded.nonce, verifier = excluded.verifier, wanted = excluded.wanted, account_id = excluded.account_id,
    invitation_digest = excluded.invitation_digest, expires_at = excluded.expires_at

-- take_provider_request --
-- What was begun in a browser, once, by whoever comes back to it.
DELETE FROM registry.provider_request WHERE holder_digest = %(holder)s AND state_digest = %(state)s AND provider = %(provider)s
RETURNING nonce, verifier, wanted, account_id, invitation_digest, expires_at > %(now)s AS holds

-- forget_expired_provider_requests --
-- Those from which nobody came back.
DELETE FROM registry.provider_request WHERE expires_at <= %(now)s

-- sign_in_by_identity --
-- Whose identity it is, and whether the provider may sign them in.
SELECT account_id, language, is_within FROM registry.sign_in_by_identity(%(digest)s, %(organisation)s, %(now)s)

-- link_identity --
-- Adds an identity to the viewer's own account, or says why not.
SELECT registry.link_identity(%(provider)s, %(digest)s, %(organisation)s, %(now)s)

-- own_identities --
-- The identities of the viewer.
SELECT public_id, provider, linked_at, used_at FROM registry.own_identities()

-- remove_identity --
-- Takes an identity of the viewer's away, or says why not.
SELECT registry.remove_identity(%(identity)s, %(offered)s, %(organisations)s, %(now)s)

-- accept_invitation_by_identity --
-- Uses an invitation by an identity; returns the account.
SELECT registry.accept_invitation_by_identity(%(code)s, %(provider)s, %(digest)s, %(organisation)s, %(login)s, %(name)s,
                                              %(language)s, %(now)s)

-- set_by_provider_only --
-- Lets an account sign in through providers alone, or by its password again.
SELECT registry.set_by_provider_only(%(account)s, %(wanted)s, %(offered)s, %(organisations)s, %(now)s)
