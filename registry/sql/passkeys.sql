-- own_passkey_account --
-- What a device is told when a passkey is added.
SELECT public_id, login, name, credentials FROM registry.own_passkey_account()

-- add_passkey --
-- Adds a passkey to the viewer's own account.
SELECT registry.add_passkey(%(credential)s, %(key)s, %(count)s, %(label)s, %(now)s)

-- own_passkeys --
-- The passkeys of the viewer's own account.
SELECT public_id, label, added_at, used_at FROM registry.own_passkeys()

-- remove_passkey --
-- Takes a passkey of the viewer's away.
SELECT registry.remove_passkey(%(passkey)s, %(now)s)

-- passkey_for --
-- What is needed to check who signs in with a passkey.
SELECT account_id, account, language, public_key, sign_count FROM registry.passkey_for(%(credential)s)

-- note_passkey_used --
-- That a passkey was used, and how often it says that it was.
SELECT registry.note_passkey_used(%(credential)s, %(count)s, %(now)s)
