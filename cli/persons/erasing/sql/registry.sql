-- erase_dashboards_audit_key --
-- The key that leads from entries of the audit to the person: without it nobody can tell whom they are about.
DELETE FROM dashboards.audit_key WHERE person_id = %(person)s

-- detach_registry_pause --
-- Pauses of a home that stays, without who asked for them; one that goes on ends.
UPDATE registry.pause SET person_id = NULL, begun_by_name = '', ended_by_name = '', ended_at = coalesce(ended_at, greatest(started_at, least(until, %(at)s)))
WHERE person_id = %(person)s

-- erase_registry_pause --
-- Pauses of the home.
DELETE FROM registry.pause WHERE home_id = ANY (%(homes)s)

-- erase_registry_edit --
-- What was changed, with what it was before and after.
DELETE FROM registry.edit WHERE (thing = 'person' AND thing_id = %(person)s) OR (thing = 'contact' AND thing_id = ANY (%(contacts)s))
    OR (thing = 'home' AND thing_id = ANY (%(homes)s)) OR (thing = 'room' AND thing_id = ANY (%(rooms)s))
    OR (thing = 'account' AND thing_id = ANY (%(accounts)s))
    OR (thing = 'caseload' AND EXISTS (SELECT FROM registry.home WHERE home_id = ANY (%(homes)s)
        AND (before -> 'homes' ? home.key OR after -> 'homes' ? home.key)))

-- detach_registry_edit --
-- The person's name in changes of a home that stays, and in whatever was changed by accounts that go.
UPDATE registry.edit SET name = replace(name, %(name)s, '-'),
    before = replace(before::text, trim('"' FROM to_jsonb(%(name)s::text)::text), '-')::jsonb,
    after = replace(after::text, trim('"' FROM to_jsonb(%(name)s::text)::text), '-')::jsonb,
    made_by_name = CASE WHEN made_by = ANY (%(accounts)s) THEN '' ELSE made_by_name END
WHERE (thing = 'home' AND thing_id = %(home)s AND position(%(name)s IN concat(name, before, after)) > 0)
    OR (made_by = ANY (%(accounts)s) AND made_by_name <> '')

-- erase_registry_caseload_home --
-- The home in whoever's caseload it is.
DELETE FROM registry.caseload_home WHERE home_id = ANY (%(homes)s)

-- erase_registry_home --
-- The home, where nobody else lives in it.
DELETE FROM registry.home WHERE home_id = ANY (%(homes)s)

-- detach_registry_home --
-- The person's name in the name and notes of a home that stays.
UPDATE registry.home SET name = replace(name, %(name)s, '-'), access_notes = replace(access_notes, %(name)s, '-')
WHERE home_id = %(home)s AND position(%(name)s IN concat(name, ' ', access_notes)) > 0

-- erase_registry_account_event --
-- What happened to the sign-in of accounts that go.
DELETE FROM registry.account_event WHERE account_id = ANY (%(accounts)s)

-- detach_registry_account --
-- Accounts that served nothing but this person: closed, without login, name, address and password.
UPDATE registry.account SET login = 'erased-' || account_id, name = '', email = '', password_hash = NULL, active = false, signed_out_before = %(at)s
WHERE account_id = ANY (%(accounts)s)

-- erase_registry_share --
-- What is shared.
DELETE FROM registry.share WHERE person_id = %(person)s

-- erase_registry_person_account --
-- Who is close.
DELETE FROM registry.person_account WHERE person_id = %(person)s

-- erase_registry_invitation --
-- Invitations.
DELETE FROM registry.invitation WHERE person_id = %(person)s

-- erase_registry_contact --
-- People to call.
DELETE FROM registry.contact WHERE person_id = %(person)s

-- erase_registry_consent --
-- Consents and other bases.
DELETE FROM registry.consent WHERE person_id = %(person)s

-- erase_registry_study_member --
-- Studies.
DELETE FROM registry.study_member WHERE person_id = %(person)s

-- erase_registry_person --
-- The person.
DELETE FROM registry.person WHERE person_id = %(person)s

-- erase_registry_room --
-- Rooms.
DELETE FROM registry.room WHERE home_id = ANY (%(homes)s)

-- erase_registry_identity --
-- Identities at providers.
DELETE FROM registry.identity WHERE account_id = ANY (%(accounts)s)

-- erase_registry_provider_request --
-- Identities on their way.
DELETE FROM registry.provider_request WHERE account_id = ANY (%(accounts)s)

-- erase_registry_passkey --
-- Passkeys.
DELETE FROM registry.passkey WHERE account_id = ANY (%(accounts)s)

-- erase_registry_second_factor --
-- Second factors.
DELETE FROM registry.second_factor WHERE account_id = ANY (%(accounts)s)

-- erase_registry_second_factor_offer --
-- Second factors on their way.
DELETE FROM registry.second_factor_offer WHERE account_id = ANY (%(accounts)s)

-- erase_registry_recovery_code --
-- Recovery codes.
DELETE FROM registry.recovery_code WHERE account_id = ANY (%(accounts)s)

-- erase_dashboards_session --
-- Sign-ins.
DELETE FROM dashboards.session WHERE account_id = ANY (%(accounts)s)

-- erase_dashboards_half_sign_in --
-- Sign-ins half done.
DELETE FROM dashboards.half_sign_in WHERE account_id = ANY (%(accounts)s)

-- erase_dashboards_api_token --
-- Tokens of programs.
DELETE FROM dashboards.api_token WHERE account_id = ANY (%(accounts)s)
