-- What administrators change: organisations, homes, rooms, persons, contacts and accounts, each as one document of its fields. People
-- write through these functions alone; every change leaves a line in `registry.edit`, by which it can be undone.
-- To which organisation a thing belongs; null for an account, and where there is no such thing.
CREATE OR REPLACE FUNCTION registry.organisation_of(what text, number int) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE what
        WHEN 'organisation' THEN (SELECT organisation_id FROM registry.organisation WHERE organisation_id = number AND kind <> 'canary')
        WHEN 'home' THEN (SELECT organisation_id FROM registry.home WHERE home_id = number)
        WHEN 'room' THEN (SELECT organisation_id FROM registry.room WHERE room_id = number)
        WHEN 'person' THEN (SELECT organisation_id FROM registry.person WHERE person_id = number)
        WHEN 'contact' THEN (SELECT organisation_id FROM registry.contact WHERE contact_id = number)
    END
$$;

-- A caseload belongs to who coordinates or administers all organisations in which its account is an operator.
CREATE OR REPLACE FUNCTION registry.viewer_gives_caseload(wanted int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(bool_and(organisation_id IN (
        SELECT held.organisation_id FROM registry.viewer_roles() AS held WHERE held.role IN ('coordinator', 'administrator')
    )), false)
    FROM registry.membership WHERE account_id = wanted AND role = 'operator'
$$;

-- The homes that a caseload can hold: those of the organisations in which the account is an operator, and of all below.
CREATE OR REPLACE FUNCTION registry.homes_for_caseload(wanted int) RETURNS TABLE (home_id int, key text, name text, municipality text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE theirs AS (
        SELECT organisation_id FROM registry.membership WHERE account_id = wanted AND role = 'operator'
        UNION
        SELECT child.organisation_id FROM registry.organisation AS child JOIN theirs ON child.parent_id = theirs.organisation_id
    )
    SELECT home.home_id, home.key, home.name, home.municipality FROM registry.home JOIN theirs USING (organisation_id)
$$;

CREATE OR REPLACE FUNCTION registry.viewer_may_edit(what text, number int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN what = 'account' THEN registry.viewer_administers_account(number)
                WHEN what = 'caseload' THEN registry.viewer_gives_caseload(number)
                ELSE coalesce(registry.viewer_administers(registry.organisation_of(what, number)), false) END
$$;

-- A thing as it stands. Roles are written "role organisation".
CREATE OR REPLACE FUNCTION registry.described(what text, number int) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE what
        WHEN 'organisation' THEN (
            SELECT jsonb_build_object('name', it.name, 'kind', it.kind, 'parent', coalesce(above.key, ''), 'phone', it.phone)
            FROM registry.organisation AS it LEFT JOIN registry.organisation AS above ON above.organisation_id = it.parent_id
            WHERE it.organisation_id = number)
        WHEN 'home' THEN (
            SELECT jsonb_build_object('organisation', organisation.key, 'name', home.name, 'municipality', municipality,
                'address', address, 'access_notes', access_notes, 'timezone', timezone)
            FROM registry.home JOIN registry.organisation USING (organisation_id) WHERE home_id = number)
        WHEN 'room' THEN (
            SELECT jsonb_build_object('name', name, 'kind', kind) FROM registry.room WHERE room_id = number)
        WHEN 'person' THEN (
            SELECT jsonb_build_object('name', name, 'birth_year', birth_year, 'sex', coalesce(sex, ''), 'phone', phone,
                'language', language)
            FROM registry.person WHERE person_id = number)
        WHEN 'contact' THEN (
            SELECT jsonb_build_object('name', name, 'relation', relation, 'phone', phone, 'email', email, 'language', language,
                'position', position)
            FROM registry.contact WHERE contact_id = number)
        WHEN 'account' THEN (
            SELECT jsonb_build_object('name', name, 'email', email, 'language', language, 'active', active,
                'roles', (SELECT coalesce(jsonb_agg(role || ' ' || organisation.key ORDER BY organisation.key COLLATE "C", role COLLATE "C"), '[]')
                          FROM registry.membership JOIN registry.organisation USING (organisation_id)
                          WHERE membership.account_id = account.account_id))
            FROM registry.account WHERE account_id = number)
        WHEN 'caseload' THEN (
            SELECT jsonb_build_object('name', name, 'limited', EXISTS (SELECT FROM registry.caseload WHERE account_id = number),
                'homes', (SELECT coalesce(jsonb_agg(home.key ORDER BY home.key COLLATE "C"), '[]')
                          FROM registry.caseload_home JOIN registry.home USING (home_id) WHERE caseload_home.account_id = number))
            FROM registry.account WHERE account_id = number)
    END
$$;

-- Whose data a thing is, for the audit: of everybody who lives in a home.
CREATE OR REPLACE FUNCTION registry.persons_of(what text, number int) RETURNS int[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(CASE what
        WHEN 'home' THEN (SELECT array_agg(person_id) FROM registry.person WHERE home_id = number)
        WHEN 'room' THEN (SELECT array_agg(person_id) FROM registry.person JOIN registry.room USING (home_id) WHERE room_id = number)
        WHEN 'person' THEN (SELECT array_agg(person_id) FROM registry.person WHERE person_id = number)
        WHEN 'contact' THEN (SELECT array_agg(person_id) FROM registry.contact WHERE contact_id = number)
        WHEN 'caseload' THEN (SELECT array_agg(person_id) FROM registry.person JOIN registry.caseload_home USING (home_id)
                              WHERE account_id = number)
    END, '{}')
$$;

-- Makes a thing what a document says. Roles are replaced as a whole.
CREATE OR REPLACE FUNCTION registry.write_thing(what text, number int, wanted jsonb, acted_at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CASE what
    WHEN 'organisation' THEN
        UPDATE registry.organisation
        SET name = wanted ->> 'name', kind = wanted ->> 'kind', phone = wanted ->> 'phone',
            parent_id = (SELECT above.organisation_id FROM registry.organisation AS above WHERE above.key = wanted ->> 'parent')
        WHERE organisation_id = number;
    WHEN 'home' THEN
        UPDATE registry.home
        SET name = wanted ->> 'name', municipality = wanted ->> 'municipality', address = wanted ->> 'address',
            access_notes = wanted ->> 'access_notes', timezone = wanted ->> 'timezone', organisation_id = (
                SELECT organisation.organisation_id FROM registry.organisation WHERE organisation.key = wanted ->> 'organisation')
        WHERE home_id = number;
    WHEN 'room' THEN
        UPDATE registry.room SET name = wanted ->> 'name', kind = wanted ->> 'kind' WHERE room_id = number;
    WHEN 'person' THEN
        UPDATE registry.person
        SET name = wanted ->> 'name', birth_year = (wanted ->> 'birth_year')::int, sex = nullif(wanted ->> 'sex', ''),
            phone = wanted ->> 'phone', language = wanted ->> 'language'
        WHERE person_id = number;
    WHEN 'contact' THEN
        UPDATE registry.contact
        SET name = wanted ->> 'name', relation = wanted ->> 'relation', phone = wanted ->> 'phone', email = wanted ->> 'email',
            language = wanted ->> 'language', position = (wanted ->> 'position')::int
        WHERE contact_id = number;
    WHEN 'account' THEN
        -- Whoever is closed is signed out, and whoever is opened again signs in anew.
        UPDATE registry.account
        SET name = wanted ->> 'name', email = wanted ->> 'email', language = wanted ->> 'language',
            active = (wanted ->> 'active')::boolean,
            signed_out_before = CASE WHEN active <> (wanted ->> 'active')::boolean THEN acted_at ELSE signed_out_before END
        WHERE account_id = number;
        DELETE FROM registry.membership USING registry.organisation
        WHERE membership.account_id = number AND organisation.organisation_id = membership.organisation_id
            AND NOT (wanted -> 'roles') ? (role || ' ' || organisation.key);
        INSERT INTO registry.membership (account_id, organisation_id, role)
        SELECT number, organisation.organisation_id, split_part(one, ' ', 1)
        FROM jsonb_array_elements_text(wanted -> 'roles') AS one
        JOIN registry.organisation ON organisation.key = split_part(one, ' ', 2)
        ON CONFLICT DO NOTHING;
    WHEN 'caseload' THEN
        DELETE FROM registry.caseload WHERE account_id = number;
        INSERT INTO registry.caseload (account_id, changed_at) SELECT number, acted_at WHERE (wanted ->> 'limited')::boolean;
        INSERT INTO registry.caseload_home (account_id, home_id)
        SELECT number, home_id FROM registry.homes_for_caseload(number)
        WHERE (wanted ->> 'limited')::boolean AND (wanted -> 'homes') ? key;
    END CASE;
END
$$;

-- Why a document may not be written, '' where it may: a place that is not the viewer's, an organisation that would stand above
-- itself, an account without a role, an administrator's own way in.
CREATE OR REPLACE FUNCTION registry.refused(what text, number int, stands jsonb, wanted jsonb) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    within  text;
    named   text;
    held    text;
    granted text;
BEGIN
    within := CASE what WHEN 'organisation' THEN 'parent' WHEN 'home' THEN 'organisation' END;
    named := wanted ->> within;
    held := stands ->> within;
    IF named IS DISTINCT FROM held THEN
        IF NOT EXISTS (SELECT FROM registry.organisation WHERE key = named AND registry.viewer_administers(organisation_id))
           OR NOT EXISTS (SELECT FROM registry.organisation WHERE key = held AND registry.viewer_administers(organisation_id)) THEN
            RETURN 'not_yours';
        END IF;
        IF what = 'organisation' AND EXISTS (
            WITH RECURSIVE below AS (
                SELECT organisation_id, key FROM registry.organisation WHERE organisation_id = number
                UNION
                SELECT child.organisation_id, child.key
                FROM registry.organisation AS child JOIN below ON child.parent_id = below.organisation_id
            )
            SELECT FROM below WHERE key = named
        ) THEN
            RETURN 'circle';
        END IF;
    END IF;
    -- What is in it already may stay, though its home has gone elsewhere meanwhile: it shows nothing there.
    IF what = 'caseload' AND EXISTS (
        SELECT FROM jsonb_array_elements_text(wanted -> 'homes') AS one (key)
        WHERE NOT (stands -> 'homes') ? one.key AND one.key NOT IN (SELECT fits.key FROM registry.homes_for_caseload(number) AS fits)
    ) THEN
        RETURN 'not_yours';
    END IF;
    IF what = 'account' THEN
        FOR granted IN SELECT jsonb_array_elements_text(wanted -> 'roles') LOOP
            IF NOT EXISTS (
                SELECT FROM registry.organisation
                WHERE key = split_part(granted, ' ', 2) AND registry.viewer_administers(organisation_id)
            ) THEN
                RETURN 'not_yours';
            END IF;
        END LOOP;
        IF jsonb_array_length(wanted -> 'roles') = 0
           AND NOT EXISTS (SELECT FROM registry.person_account WHERE account_id = number AND ended_at IS NULL) THEN
            RETURN 'no_role';
        END IF;
        IF number = registry.viewer_account() AND (NOT (wanted ->> 'active')::boolean OR EXISTS (
            SELECT FROM jsonb_array_elements_text(stands -> 'roles') AS had (role)
            WHERE had.role LIKE 'administrator %' AND NOT (wanted -> 'roles') ? had.role
        )) THEN
            RETURN 'own';
        END IF;
    END IF;
    RETURN '';
END
$$;

-- Notes a change. An organisation's is noted at the one above it, which stays where it goes; an account's at one of its own.
CREATE OR REPLACE FUNCTION registry.note_edit(what text, number int, place int, was jsonb, now_is jsonb, acted_at timestamptz, old bigint)
RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO registry.edit (organisation_id, thing, thing_id, name, before, after, made_at, made_by, made_by_name, undoes)
    VALUES (place, what, number, coalesce(now_is, was) ->> 'name', was, now_is, acted_at, registry.viewer_account(),
            registry.viewer_name(), old)
    RETURNING public_id
$$;

CREATE OR REPLACE FUNCTION registry.place_of(what text, number int) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE what
        WHEN 'organisation' THEN (SELECT coalesce(parent_id, organisation_id) FROM registry.organisation WHERE organisation_id = number)
        WHEN 'account' THEN coalesce(
            (SELECT min(organisation_id) FROM registry.membership WHERE account_id = number),
            (SELECT min(organisation_id) FROM registry.person_account WHERE account_id = number AND ended_at IS NULL))
        WHEN 'caseload' THEN (SELECT min(organisation_id) FROM registry.membership WHERE account_id = number AND role = 'operator')
        ELSE registry.organisation_of(what, number)
    END
$$;

-- Changes a thing as the viewer, if it still stands as it was seen (`seen` is `registry.seen_as` of that). Returns what came of it,
-- and the change.
CREATE OR REPLACE FUNCTION registry.change_thing(what text, number int, seen text, wanted jsonb, acted_at timestamptz,
                                                 old bigint DEFAULT NULL, OUT came text, OUT edit uuid, OUT persons int[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stands jsonb;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('registry.apply'));
    IF NOT registry.viewer_may_edit(what, number) THEN
        came := 'not_yours';
        RETURN;
    END IF;
    stands := registry.described(what, number);
    IF md5(stands::text) <> seen THEN
        came := 'changed';
        RETURN;
    END IF;
    IF stands = wanted THEN
        came := 'same';
        RETURN;
    END IF;
    came := registry.refused(what, number, stands, wanted);
    IF came <> '' THEN
        RETURN;
    END IF;
    PERFORM registry.write_thing(what, number, wanted, acted_at);
    came := 'done';
    persons := registry.persons_of(what, number);
    edit := registry.note_edit(what, number, registry.place_of(what, number), stands, registry.described(what, number), acted_at, old);
END
$$;

-- Makes a thing as the viewer, below `above`: an organisation, a home or an account below an organisation, a room or a person in a
-- home, a contact of a person. Returns what came of it, and its number.
CREATE OR REPLACE FUNCTION registry.make_thing(what text, above int, named text, wanted jsonb, acted_at timestamptz,
                                               OUT came text, OUT number int, OUT edit uuid, OUT persons int[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place int := registry.organisation_of(
        CASE what WHEN 'room' THEN 'home' WHEN 'person' THEN 'home' WHEN 'contact' THEN 'person' ELSE 'organisation' END, above);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('registry.apply'));
    IF place IS NULL OR NOT registry.viewer_administers(place) THEN
        came := 'not_yours';
        RETURN;
    END IF;
    came := registry.refused(what, NULL, (
        SELECT jsonb_build_object('parent', key, 'organisation', key) FROM registry.organisation WHERE organisation_id = place), wanted);
    IF came <> '' THEN
        RETURN;
    END IF;
    BEGIN
        CASE what
        WHEN 'organisation' THEN
            INSERT INTO registry.organisation (key, name, kind, parent_id)
            VALUES (named, wanted ->> 'name', wanted ->> 'kind', above) RETURNING organisation_id INTO number;
        WHEN 'home' THEN
            INSERT INTO registry.home (organisation_id, key, name) VALUES (place, named, wanted ->> 'name')
            RETURNING home_id INTO number;
        WHEN 'room' THEN
            INSERT INTO registry.room (organisation_id, home_id, key, kind) VALUES (place, above, named, wanted ->> 'kind')
            RETURNING room_id INTO number;
        WHEN 'person' THEN
            INSERT INTO registry.person (organisation_id, home_id, key, name) VALUES (place, above, named, wanted ->> 'name')
            RETURNING person_id INTO number;
        WHEN 'contact' THEN
            INSERT INTO registry.contact (organisation_id, person_id, key, name) VALUES (place, above, named, wanted ->> 'name')
            RETURNING contact_id INTO number;
        WHEN 'account' THEN
            INSERT INTO registry.account (login, name) VALUES (named, wanted ->> 'name') RETURNING account_id INTO number;
        END CASE;
    EXCEPTION WHEN unique_violation THEN
        came := 'taken';
        RETURN;
    END;
    PERFORM registry.write_thing(what, number, wanted, acted_at);
    came := 'done';
    persons := registry.persons_of(what, number);
    edit := registry.note_edit(what, number, registry.place_of(what, number), NULL, registry.described(what, number), acted_at, NULL);
END
$$;

-- Undoes a change as the viewer, if nothing of it was changed since; what was made goes, if nothing refers to it yet.
CREATE OR REPLACE FUNCTION registry.undo_edit(wanted uuid, acted_at timestamptz, OUT came text, OUT edit uuid, OUT persons int[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old   registry.edit;
    place int;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('registry.apply'));
    SELECT * INTO old FROM registry.edit WHERE public_id = wanted;
    IF old.edit_id IS NULL OR NOT registry.viewer_may_edit(old.thing, old.thing_id) THEN
        came := 'not_yours';
        RETURN;
    END IF;
    IF registry.described(old.thing, old.thing_id) IS DISTINCT FROM old.after THEN
        came := 'changed';
        RETURN;
    END IF;
    IF old.before IS NOT NULL THEN
        SELECT done.came, done.edit, done.persons INTO came, edit, persons
        FROM registry.change_thing(old.thing, old.thing_id, md5(old.after::text), old.before, acted_at,
            CASE WHEN NOT EXISTS (SELECT FROM registry.edit AS other WHERE other.undoes = old.edit_id) THEN old.edit_id END) AS done;
        RETURN;
    END IF;
    place := registry.place_of(old.thing, old.thing_id);
    persons := registry.persons_of(old.thing, old.thing_id);
    BEGIN
        CASE old.thing
        WHEN 'organisation' THEN DELETE FROM registry.organisation WHERE organisation_id = old.thing_id;
        WHEN 'home' THEN DELETE FROM registry.home WHERE home_id = old.thing_id;
        WHEN 'room' THEN DELETE FROM registry.room WHERE room_id = old.thing_id;
        WHEN 'person' THEN DELETE FROM registry.person WHERE person_id = old.thing_id;
        WHEN 'contact' THEN DELETE FROM registry.contact WHERE contact_id = old.thing_id;
        WHEN 'account' THEN
            DELETE FROM registry.membership WHERE account_id = old.thing_id;
            DELETE FROM registry.account WHERE account_id = old.thing_id;
        END CASE;
    EXCEPTION WHEN foreign_key_violation THEN
        came := 'used';
        RETURN;
    END;
    came := 'done';
    edit := registry.note_edit(old.thing, old.thing_id, place, old.after, NULL, acted_at, old.edit_id);
END
$$;

-- A thing for whoever may change it: as it stands, what it was seen as, its key, and what it is in.
CREATE OR REPLACE FUNCTION registry.edited_thing(what text, wanted int)
RETURNS TABLE (number int, state jsonb, seen text, key text, public_id text, above int, persons int[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT wanted, described, md5(described::text),
        CASE what
            WHEN 'organisation' THEN (SELECT key FROM registry.organisation WHERE organisation_id = wanted)
            WHEN 'home' THEN (SELECT key FROM registry.home WHERE home_id = wanted)
            WHEN 'room' THEN (SELECT key FROM registry.room WHERE room_id = wanted)
            WHEN 'person' THEN (SELECT key FROM registry.person WHERE person_id = wanted)
            WHEN 'contact' THEN (SELECT key FROM registry.contact WHERE contact_id = wanted)
            WHEN 'account' THEN (SELECT login FROM registry.account WHERE account_id = wanted)
            WHEN 'caseload' THEN (SELECT login FROM registry.account WHERE account_id = wanted)
        END,
        CASE what
            WHEN 'home' THEN (SELECT public_id::text FROM registry.home WHERE home_id = wanted)
            WHEN 'person' THEN (SELECT public_id::text FROM registry.person WHERE person_id = wanted)
            ELSE ''
        END,
        CASE what
            WHEN 'organisation' THEN (SELECT parent_id FROM registry.organisation
                                      WHERE organisation_id = wanted AND registry.viewer_administers(parent_id))
            WHEN 'home' THEN (SELECT organisation_id FROM registry.home WHERE home_id = wanted)
            WHEN 'room' THEN (SELECT home_id FROM registry.room WHERE room_id = wanted)
            WHEN 'person' THEN (SELECT home_id FROM registry.person WHERE person_id = wanted)
            WHEN 'contact' THEN (SELECT person_id FROM registry.contact WHERE contact_id = wanted)
        END,
        registry.persons_of(what, wanted)
    FROM registry.described(what, wanted)
    WHERE registry.viewer_may_edit(what, wanted)
$$;

-- The organisations that the viewer administers, with how much there is in each, without those below it.
CREATE OR REPLACE FUNCTION registry.administered()
RETURNS TABLE (organisation_id int, key text, name text, kind text, parent_id int, homes int, persons int, accounts int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT organisation_id, key, name, kind, parent_id,
        (SELECT count(*)::int FROM registry.home WHERE home.organisation_id = organisation.organisation_id),
        (SELECT count(*)::int FROM registry.person WHERE person.organisation_id = organisation.organisation_id),
        (SELECT count(DISTINCT account_id)::int FROM registry.membership WHERE membership.organisation_id = organisation.organisation_id)
    FROM registry.organisation
    WHERE organisation_id IN (SELECT seen.organisation_id FROM registry.viewer_roles() AS seen WHERE role = 'administrator')
        AND kind <> 'canary'
    ORDER BY name, organisation_id
$$;

-- What is in a thing that the viewer may change, sort by sort.
CREATE OR REPLACE FUNCTION registry.things_in(what text, wanted int) RETURNS TABLE (thing text, number int, name text, detail text, persons int[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT thing, number, name, detail, registry.persons_of(thing, number) FROM (
        SELECT 'organisation' AS thing, organisation_id AS number, name, kind AS detail, 0 AS place
        FROM registry.organisation WHERE what = 'organisation' AND parent_id = wanted AND kind <> 'canary'
        UNION ALL
        SELECT 'home', home_id, name, municipality, 0 FROM registry.home WHERE what = 'organisation' AND organisation_id = wanted
        UNION ALL
        SELECT 'account', account.account_id, account.name, string_agg(role, ' ' ORDER BY role), CASE WHEN active THEN 0 ELSE 1 END
        FROM registry.membership JOIN registry.account USING (account_id)
        WHERE what = 'organisation' AND organisation_id = wanted
        GROUP BY account.account_id
        UNION ALL
        SELECT 'room', room_id, name, kind, 0 FROM registry.room WHERE what = 'home' AND home_id = wanted
        UNION ALL
        SELECT 'person', person_id, name, '', 0 FROM registry.person WHERE what = 'home' AND home_id = wanted
        UNION ALL
        SELECT 'contact', contact_id, name, relation, position FROM registry.contact WHERE what = 'person' AND person_id = wanted
    ) AS found
    WHERE registry.viewer_may_edit(what, wanted)
    ORDER BY thing, place, name, number
$$;

-- The changes of a thing, or of everything the viewer administers where none is named, the latest first. One `can_be_undone` where
-- the thing still stands as it left it.
CREATE OR REPLACE FUNCTION registry.edits(what text, wanted int, most int)
RETURNS TABLE (public_id uuid, thing text, thing_id int, name text, before jsonb, after jsonb, made_at timestamptz, made_by_name text,
               undoes uuid, undone boolean, can_be_undone boolean, persons int[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT edit.public_id, edit.thing, edit.thing_id, edit.name, edit.before, edit.after, edit.made_at, edit.made_by_name,
        (SELECT old.public_id FROM registry.edit AS old WHERE old.edit_id = edit.undoes),
        EXISTS (SELECT FROM registry.edit AS later WHERE later.undoes = edit.edit_id),
        edit.after IS NOT NULL AND registry.described(edit.thing, edit.thing_id) = edit.after
            AND registry.viewer_may_edit(edit.thing, edit.thing_id),
        registry.persons_of(edit.thing, edit.thing_id)
    FROM registry.edit
    WHERE (what IS NULL OR (edit.thing = what AND edit.thing_id = wanted))
        AND (edit.organisation_id IN (SELECT registry.viewer_organisations('administration'))
             OR (what = 'caseload' AND registry.viewer_gives_caseload(edit.thing_id)))
        AND (edit.thing <> 'caseload' OR registry.viewer_gives_caseload(edit.thing_id))
        AND (edit.thing <> 'account' OR edit.after IS NULL OR registry.viewer_may_edit('account', edit.thing_id))
    ORDER BY edit.made_at DESC, edit.edit_id DESC LIMIT most
$$;

-- The accounts whose caseload the viewer gives, and the viewer's own: how many homes are in each, null where it has none.
CREATE OR REPLACE FUNCTION registry.caseloads() RETURNS TABLE (number int, name text, homes int, is_own boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT account_id, name,
        CASE WHEN EXISTS (SELECT FROM registry.caseload WHERE caseload.account_id = account.account_id) THEN
            (SELECT count(*)::int FROM registry.caseload_home WHERE caseload_home.account_id = account.account_id) END,
        account_id = registry.viewer_account()
    FROM registry.account
    WHERE active AND EXISTS (SELECT FROM registry.membership WHERE membership.account_id = account.account_id AND role = 'operator')
        AND (registry.viewer_gives_caseload(account_id)
             OR (account_id = registry.viewer_account() AND registry.viewer_has_caseload()))
    ORDER BY name, account_id
$$;

-- The homes of one of these caseloads.
CREATE OR REPLACE FUNCTION registry.homes_of_caseload(wanted int) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT home_id FROM registry.caseload_home
    WHERE account_id = wanted AND (wanted = registry.viewer_account() OR registry.viewer_gives_caseload(wanted))
$$;

-- The homes to choose from for a caseload that the viewer gives.
CREATE OR REPLACE FUNCTION registry.choices_for_caseload(wanted int) RETURNS TABLE (key text, name text, municipality text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT key, name, municipality FROM registry.homes_for_caseload(wanted)
    WHERE registry.viewer_gives_caseload(wanted) ORDER BY municipality, name, key
$$;
REVOKE ALL ON FUNCTION registry.viewer_gives_caseload(int), registry.homes_for_caseload(int), registry.caseloads(),
    registry.homes_of_caseload(int), registry.choices_for_caseload(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.caseloads(), registry.homes_of_caseload(int), registry.choices_for_caseload(int) TO vicino_people;

SELECT registry.protect('registry.edit', 'administration');
GRANT SELECT, INSERT, UPDATE, DELETE ON registry.edit TO vicino_service;

REVOKE ALL ON FUNCTION registry.organisation_of(text, int),
    registry.viewer_may_edit(text, int), registry.described(text, int), registry.persons_of(text, int), registry.write_thing(text, int, jsonb, timestamptz),
    registry.refused(text, int, jsonb, jsonb), registry.note_edit(text, int, int, jsonb, jsonb, timestamptz, bigint),
    registry.place_of(text, int), registry.change_thing(text, int, text, jsonb, timestamptz, bigint),
    registry.make_thing(text, int, text, jsonb, timestamptz), registry.undo_edit(uuid, timestamptz),
    registry.edited_thing(text, int), registry.administered(), registry.things_in(text, int), registry.edits(text, int, int)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.viewer_may_edit(text, int),
    registry.change_thing(text, int, text, jsonb, timestamptz, bigint), registry.make_thing(text, int, text, jsonb, timestamptz),
    registry.undo_edit(uuid, timestamptz), registry.edited_thing(text, int), registry.administered(), registry.things_in(text, int),
    registry.edits(text, int, int) TO vicino_people;
