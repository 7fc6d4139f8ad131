-- begin_apply --
-- Lets one description be applied at a time; the lock ends with the transaction.
SELECT pg_advisory_xact_lock(hashtext('registry.apply'));

-- make_organisations --
-- Makes the organisations that are not there, and returns their keys.
INSERT INTO registry.organisation (key, name, kind, phone)
SELECT key, name, kind, phone FROM jsonb_to_recordset(%(rows)s) AS wanted (key text, name text, kind text, phone text)
ON CONFLICT (key) DO NOTHING
RETURNING key;

-- change_organisations --
-- Brings name, kind, telephone and parent of organisations to what is wanted, and returns the keys of those that differed.
UPDATE registry.organisation AS old
SET name = wanted.name, kind = wanted.kind, phone = wanted.phone, parent_id = above.organisation_id
FROM jsonb_to_recordset(%(rows)s) AS wanted (key text, name text, kind text, phone text, parent text)
LEFT JOIN registry.organisation AS above ON above.key = wanted.parent
WHERE old.key = wanted.key
  AND (old.name, old.kind, old.phone, old.parent_id)
    IS DISTINCT FROM (wanted.name, wanted.kind, wanted.phone, above.organisation_id)
RETURNING old.key;

-- apply_accounts --
-- Makes and changes accounts by login; never touches a password or whether an account is active.
INSERT INTO registry.account AS old (login, name, email, language)
SELECT login, name, email, language
FROM jsonb_to_recordset(%(rows)s) AS wanted (login text, name text, email text, language text)
ON CONFLICT (login) DO UPDATE SET name = excluded.name, email = excluded.email, language = excluded.language
WHERE (old.name, old.email, old.language) IS DISTINCT FROM (excluded.name, excluded.email, excluded.language)
RETURNING xmax = 0 AS made;

-- apply_memberships --
-- Makes the memberships that are not there.
INSERT INTO registry.membership (account_id, organisation_id, role)
SELECT account_id, organisation_id, role
FROM jsonb_to_recordset(%(rows)s) AS wanted (login text, organisation text, role text)
JOIN registry.account USING (login)
JOIN registry.organisation ON organisation.key = wanted.organisation
ON CONFLICT DO NOTHING
RETURNING true AS made;

-- apply_homes --
-- Makes and changes homes by key. What belongs to a home follows it to another organisation by its foreign key.
INSERT INTO registry.home AS old (organisation_id, key, name, address, municipality, access_notes, timezone)
SELECT organisation_id, wanted.key, wanted.name, address, municipality, access_notes, timezone
FROM jsonb_to_recordset(%(rows)s) AS wanted (key text, organisation text, name text, address text, municipality text,
                                             access_notes text, timezone text)
JOIN registry.organisation ON organisation.key = wanted.organisation
ON CONFLICT (key) DO UPDATE
SET organisation_id = excluded.organisation_id, name = excluded.name, address = excluded.address,
    municipality = excluded.municipality, access_notes = excluded.access_notes, timezone = excluded.timezone
WHERE (old.organisation_id, old.name, old.address, old.municipality, old.access_notes, old.timezone)
    IS DISTINCT FROM (excluded.organisation_id, excluded.name, excluded.address, excluded.municipality,
                      excluded.access_notes, excluded.timezone)
RETURNING xmax = 0 AS made;

-- apply_rooms --
-- Makes and changes rooms by home and key.
INSERT INTO registry.room AS old (organisation_id, home_id, key, name, kind)
SELECT organisation_id, home_id, wanted.key, wanted.name, kind
FROM jsonb_to_recordset(%(rows)s) AS wanted (home text, key text, name text, kind text)
JOIN registry.home ON home.key = wanted.home
ON CONFLICT (home_id, key) DO UPDATE SET name = excluded.name, kind = excluded.kind
WHERE (old.name, old.kind) IS DISTINCT FROM (excluded.name, excluded.kind)
RETURNING xmax = 0 AS made;

-- apply_persons --
-- Makes and changes persons by key; a person may have moved to another home.
INSERT INTO registry.person AS old (organisation_id, home_id, key, name, birth_year, sex, phone, language)
SELECT organisation_id, home_id, wanted.key, wanted.name, birth_year, nullif(sex, ''), phone, language
FROM jsonb_to_recordset(%(rows)s) AS wanted (home text, key text, name text, birth_year int, sex text, phone text,
                                             language text)
JOIN registry.home ON home.key = wanted.home
ON CONFLICT (key) DO UPDATE
SET organisation_id = excluded.organisation_id, home_id = excluded.home_id, name = excluded.name,
    birth_year = excluded.birth_year, sex = excluded.sex, phone = excluded.phone, language = excluded.language
WHERE (old.home_id, old.name, old.birth_year, old.sex, old.phone, old.language)
    IS DISTINCT FROM (excluded.home_id, excluded.name, excluded.birth_year, excluded.sex, excluded.phone,
                      excluded.language)
RETURNING xmax = 0 AS made;

-- apply_contacts --
-- Makes and changes contacts by person and key; their order is the order of calling.
INSERT INTO registry.contact AS old (organisation_id, person_id, key, name, relation, phone, email, language, position)
SELECT organisation_id, person_id, wanted.key, wanted.name, relation, wanted.phone, email, wanted.language, position
FROM jsonb_to_recordset(%(rows)s) AS wanted (person text, key text, name text, relation text, phone text, email text,
                                             language text, position int)
JOIN registry.person ON person.key = wanted.person
ON CONFLICT (person_id, key) DO UPDATE
SET name = excluded.name, relation = excluded.relation, phone = excluded.phone, email = excluded.email,
    language = excluded.language, position = excluded.position
WHERE (old.name, old.relation, old.phone, old.email, old.language, old.position)
    IS DISTINCT FROM (excluded.name, excluded.relation, excluded.phone, excluded.email, excluded.language,
                      excluded.position)
RETURNING xmax = 0 AS made;

-- present --
-- Everything there is, by kind and readable key, to tell what a description no longer holds; what test calls need is no part
-- of any.
SELECT kind, key FROM (
SELECT 'organisations' AS kind, key FROM registry.organisation
UNION ALL SELECT 'accounts', login FROM registry.account
UNION ALL SELECT 'memberships', concat_ws(' ', login, role, organisation.key)
          FROM registry.membership JOIN registry.account USING (account_id) JOIN registry.organisation USING (organisation_id)
UNION ALL SELECT 'homes', key FROM registry.home
UNION ALL SELECT 'rooms', concat_ws(' ', home.key, room.key) FROM registry.room JOIN registry.home USING (home_id)
UNION ALL SELECT 'persons', key FROM registry.person
UNION ALL SELECT 'contacts', concat_ws(' ', person.key, contact.key)
          FROM registry.contact JOIN registry.person USING (person_id)
) AS there WHERE NOT starts_with(key, 'vicino-canary')
ORDER BY 1, 2;

-- store_password_hash --
-- Sets the password hash of one account, by which it may sign in from now on, and ends its sign-ins; returns the account if there is
-- one.
UPDATE registry.account SET password_hash = %(hash)s, by_provider_only = false, signed_out_before = %(now)s WHERE login = %(login)s
RETURNING account_id;

-- open_or_close_account --
-- Opens or closes an account and ends its sign-ins; returns the account if there is one.
UPDATE registry.account SET active = %(active)s, signed_out_before = %(now)s WHERE login = %(login)s RETURNING account_id;

-- remove_role --
-- Takes one role of an account away; returns it if it was there.
DELETE FROM registry.membership USING registry.account, registry.organisation
WHERE membership.account_id = account.account_id AND membership.organisation_id = organisation.organisation_id
  AND account.login = %(login)s AND organisation.key = %(organisation)s AND membership.role = %(role)s
RETURNING membership.role;

-- account_for_login --
-- What sign-in needs to know about one active account.
SELECT account_id, name, password_hash, language FROM registry.account_for_login(%(login)s);

-- homes --
-- Every home but that of test calls, for services.
SELECT home_id, home.public_id::text AS public_id, organisation_id, organisation.key AS organisation, home.key, home.name,
       municipality, address, access_notes, timezone
FROM registry.home JOIN registry.organisation USING (organisation_id)
WHERE organisation.kind <> 'canary'
ORDER BY home.key;

-- homes_of --
-- Some homes but that of test calls, for services.
SELECT home_id, home.public_id::text AS public_id, organisation_id, organisation.key AS organisation, home.key, home.name,
       municipality, address, access_notes, timezone
FROM registry.home JOIN registry.organisation USING (organisation_id)
WHERE home_id = ANY (%(homes)s::int[]) AND organisation.kind <> 'canary';

-- zones --
-- The time zones of homes: of all, or of some, but not of that of test calls.
SELECT home_id, timezone FROM registry.home
WHERE (home_id = ANY (%(homes)s::int[]) OR %(homes)s::int[] IS NULL) AND organisation_id NOT IN (SELECT registry.canaries());

-- home_zone --
-- The time zone of one home.
SELECT timezone FROM registry.home WHERE home_id = %(home_id)s;

-- persons_of_homes --
-- Who lives in some homes, for services.
SELECT person_id, public_id::text AS public_id, home_id, key, name, birth_year, sex, phone, language
FROM registry.person WHERE home_id = ANY (%(homes)s::int[]) ORDER BY person_id;

-- rooms_of_home --
-- The rooms of a home, for services.
SELECT room_id, home_id, key, name, kind FROM registry.room WHERE home_id = %(home_id)s ORDER BY room_id;

-- seen_homes --
-- The homes a viewer may see, or one of them by its public id; `cared`: only those of which the viewer sees how people live there.
SELECT home_id, home.public_id::text AS public_id, organisation_id, organisation.key AS organisation, home.key, home.name,
       municipality, address, access_notes, timezone
FROM registry.home JOIN registry.organisation USING (organisation_id)
WHERE organisation_id IN (SELECT registry.viewer_organisations())
  AND (%(public_id)s::text IS NULL OR home.public_id::text = %(public_id)s)
  AND (NOT %(cared)s OR home_id IN (SELECT cared.home_id FROM registry.cared_home AS cared))
ORDER BY home.name, home_id;

-- cared_home_of_person --
-- The home of a person, by the public id of the person, if the viewer may see how they live.
SELECT home_id, home.public_id::text AS public_id, home.organisation_id, organisation.key AS organisation, home.key, home.name,
       municipality, address, access_notes, timezone
FROM registry.home JOIN registry.person USING (home_id) JOIN registry.organisation ON organisation.organisation_id = home.organisation_id
WHERE person.public_id = %(public_id)s AND home_id IN (SELECT cared.home_id FROM registry.cared_home AS cared);

-- sight_of --
-- What decides which rows an account sees, as one word.
SELECT registry.sight_of(%(account_id)s) AS sight;

-- viewer_sees --
-- Whether the viewer sees a sort of data anywhere.
SELECT EXISTS (SELECT FROM registry.viewer_organisations(%(sight)s)) AS sees;

-- seen_persons --
-- The persons a viewer may see, of all homes or of one.
SELECT person_id, public_id::text AS public_id, home_id, key, name, birth_year, sex, phone, language
FROM registry.person
WHERE organisation_id IN (SELECT registry.viewer_organisations())
  AND (%(home_id)s::int IS NULL OR home_id = %(home_id)s)
ORDER BY home_id, person_id;

-- reached_at --
-- The e-mail and the telephone of some active accounts and contacts.
SELECT account_id, NULL::int AS contact_id, email, '' AS phone
FROM registry.account WHERE account_id = ANY(%(accounts)s::int[]) AND active
UNION ALL
SELECT NULL, contact_id, email, phone FROM registry.contact WHERE contact_id = ANY(%(contacts)s::int[]);

-- told_account --
-- An active account by its login, as somebody whom messages may go to.
SELECT account_id, NULL::int AS contact_id, name, language FROM registry.account WHERE login = lower(%(login)s) AND active;

-- told_contact --
-- A contact by the keys of the person and its own, as somebody whom messages may go to.
SELECT NULL::int AS account_id, contact_id, contact.name, contact.language
FROM registry.contact JOIN registry.person USING (person_id)
WHERE person.key = %(person)s AND contact.key = %(contact)s;

-- seen_contacts --
-- The contacts of the persons a viewer may see, of all homes or of one, in the order of calling.
SELECT person_id, contact.key, contact.name, relation, contact.phone, email, contact.language
FROM registry.contact JOIN registry.person USING (person_id)
WHERE contact.organisation_id IN (SELECT registry.viewer_organisations())
  AND (%(home_id)s::int IS NULL OR home_id = %(home_id)s)
ORDER BY person_id, position, contact_id;

-- seen_first_contacts --
-- Who is called first of those who can be, for each person in some homes, as far as a viewer may see it.
SELECT DISTINCT ON (person_id) home_id, contact.name, relation, contact.phone
FROM registry.contact JOIN registry.person USING (person_id)
WHERE contact.organisation_id IN (SELECT registry.viewer_organisations()) AND contact.phone <> '' AND home_id = ANY(%(homes)s::int[])
ORDER BY person_id, position, contact_id;

-- seen_rooms --
-- The rooms of a home that a viewer may see.
SELECT room_id, home_id, key, name, kind
FROM registry.room
WHERE organisation_id IN (SELECT registry.viewer_organisations()) AND home_id = %(home_id)s
ORDER BY room_id;

-- seen_account --
-- The viewer's own account.
SELECT account_id, login, name, email, language FROM registry.own_account WHERE account_id = %(account_id)s;

-- choose_language --
-- Lets the viewer be written to in a language.
SELECT registry.choose_language(%(language)s);

-- seen_organisations --
-- The organisations a viewer may see, with the roles held there or above.
SELECT organisation_id, key, name, kind, parent_id, array_agg(role ORDER BY role) AS roles
FROM registry.organisation JOIN registry.viewer_roles() USING (organisation_id)
WHERE organisation_id IN (SELECT registry.viewer_organisations())
GROUP BY organisation_id
ORDER BY name, organisation_id;

-- all_organisations --
-- Every organisation, for services.
SELECT organisation_id, key, name, kind, parent_id, phone FROM registry.organisation ORDER BY key;

-- all_rooms --
-- Every room, for services.
SELECT room_id, home_id, key, name, kind FROM registry.room ORDER BY room_id;

-- all_persons --
-- Every person, for services.
SELECT person_id, public_id::text AS public_id, home_id, key, name, birth_year, sex, phone, language
FROM registry.person ORDER BY person_id;

-- all_accounts --
-- Every account with its memberships, for whoever administers the installation.
SELECT login, account.name, language, active,
       (password_hash IS NOT NULL AND NOT by_provider_only)
           OR EXISTS (SELECT FROM registry.identity WHERE identity.account_id = account.account_id) AS can_sign_in,
       ARRAY(SELECT provider FROM registry.identity WHERE identity.account_id = account.account_id ORDER BY provider) AS providers,
       coalesce(array_agg(role || ' ' || organisation.key ORDER BY organisation.key, role)
                FILTER (WHERE role IS NOT NULL), '{}') AS memberships
FROM registry.account
LEFT JOIN registry.membership USING (account_id)
LEFT JOIN registry.organisation USING (organisation_id)
GROUP BY account_id
ORDER BY login;

-- add_room --
-- Adds a room to a home as the viewer; the one that is there if there is one of this kind and name.
SELECT registry.add_room(%(home)s, %(kind)s, %(name)s) AS room_id;

-- rename_room --
-- Gives a room another name as the viewer.
SELECT registry.rename_room(%(room_id)s, %(name)s) AS room_id;
