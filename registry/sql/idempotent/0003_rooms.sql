-- The rooms of a home, as whoever installs its sensors names them. Each returns the room, or null where the viewer may not.
CREATE OR REPLACE FUNCTION registry.viewer_may_furnish(wanted int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM registry.viewer_roles()
        WHERE organisation_id = wanted AND role IN ('installer', 'coordinator', 'administrator')
    )
$$;

-- Two who add the same room at once, or one whose telephone sends it twice, make one room.
CREATE OR REPLACE FUNCTION registry.add_room(wanted_home uuid, wanted_kind text, said_name text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stands registry.home;
    found  int;
    place  int := 1;
    named  text;
BEGIN
    SELECT * INTO stands FROM registry.home
    WHERE public_id = wanted_home AND registry.viewer_may_furnish(organisation_id) FOR UPDATE;
    IF stands.home_id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT room_id INTO found FROM registry.room WHERE home_id = stands.home_id AND kind = wanted_kind AND name = said_name;
    IF found IS NOT NULL THEN
        RETURN found;
    END IF;
    named := wanted_kind;
    WHILE EXISTS (SELECT FROM registry.room WHERE home_id = stands.home_id AND key = named) LOOP
        place := place + 1;
        named := wanted_kind || '-' || place;
    END LOOP;
    INSERT INTO registry.room (organisation_id, home_id, key, name, kind)
    VALUES (stands.organisation_id, stands.home_id, named, said_name, wanted_kind)
    RETURNING room_id INTO found;
    RETURN found;
END
$$;

CREATE OR REPLACE FUNCTION registry.rename_room(wanted int, said_name text) RETURNS int
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE registry.room SET name = said_name
    WHERE room_id = wanted AND registry.viewer_may_furnish(organisation_id)
    RETURNING room_id
$$;

REVOKE ALL ON FUNCTION registry.viewer_may_furnish(int), registry.add_room(uuid, text, text), registry.rename_room(int, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.viewer_may_furnish(int), registry.add_room(uuid, text, text),
    registry.rename_room(int, text) TO vicino_people;
