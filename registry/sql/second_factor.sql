-- second_factor_of --
-- What is known of the second factor of an account, but its secret.
SELECT since, codes_left FROM registry.second_factor_of(%(account_id)s)

-- has_role --
-- Whether an account has one of some roles anywhere.
SELECT registry.has_role(%(account_id)s, %(roles)s)

-- offer_second_factor --
-- Keeps a secret that is shown now; returns the one that was shown a moment ago, if it still stands.
SELECT registry.offer_second_factor(%(account_id)s, %(secret)s, %(now)s, %(oldest)s)

-- offered_second_factor --
-- The secret that is being shown.
SELECT registry.offered_second_factor(%(account_id)s, %(oldest)s)

-- set_second_factor --
-- Sets the second factor of an account to the secret that was offered; tells whether it was the one.
SELECT registry.set_second_factor(%(account_id)s, %(secret)s, %(step)s, %(digests)s, %(now)s)

-- remove_second_factor --
-- Takes a second factor away; tells whether there was one.
SELECT registry.remove_second_factor(%(account_id)s, %(now)s)

-- make_recovery_codes --
-- Puts recovery codes in the place of those before.
SELECT registry.make_recovery_codes(%(account_id)s, %(digests)s, %(now)s)

-- take_attempt --
-- Counts an attempt before it is looked at; the seconds to wait, or the secret.
SELECT wait_s, secret FROM registry.take_attempt(%(account_id)s, %(now)s)

-- accept_step --
-- Accepts the code of a step, once.
SELECT registry.accept_step(%(account_id)s, %(step)s, %(now)s)

-- use_recovery_code --
-- Uses a recovery code: 'own', 'issued', or NULL.
SELECT registry.use_recovery_code(%(account_id)s, %(digest)s, %(now)s)

-- issue_recovery --
-- Hands out a recovery code as the viewer.
SELECT registry.issue_recovery(%(account)s, %(digest)s, %(expires_at)s, %(now)s)

-- hand_out_recovery --
-- Hands out a recovery code by a name, at the command line.
SELECT registry.hand_out_recovery(account_id, %(by_name)s, %(digest)s, %(expires_at)s, %(now)s)
FROM registry.account WHERE login = %(login)s

-- administered_accounts --
-- The accounts that the viewer administers.
SELECT account_id, public_id, login, name, active, roles, second_factor, providers, by_provider_only
FROM registry.administered_accounts()

-- own_account_events --
-- What happened to the viewer's own account, the latest first.
SELECT at, kind, by_name, by_self FROM registry.own_account_events(%(most)s)

-- note_account_event --
-- Notes what happened to an account.
SELECT registry.note_account_event(%(account_id)s, %(kind)s, %(now)s)

-- own_password_hash --
-- The password hash of the viewer's own account.
SELECT registry.own_password_hash()
