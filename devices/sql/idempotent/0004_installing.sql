SELECT registry.protect('devices.placement', 'place');
SELECT registry.protect('devices.history', 'place');

GRANT SELECT, INSERT, UPDATE, DELETE ON devices.placement, devices.history TO vicino_service;
GRANT SELECT ON devices.placement, devices.history TO vicino_people;

-- Whoever is written down without a time was there all along; what is written over was a mistake.
CREATE OR REPLACE FUNCTION devices.keep_placement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE devices.placement SET room_id = NEW.room_id, place = NEW.place
    WHERE device_id = NEW.device_id
      AND since = (SELECT max(since) FROM devices.placement WHERE device_id = NEW.device_id);
    IF NOT FOUND THEN
        INSERT INTO devices.placement (organisation_id, home_id, device_id, since, room_id, place)
        VALUES (NEW.organisation_id, NEW.home_id, NEW.device_id, NEW.installed_at, NEW.room_id, NEW.place);
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS keep_placement ON devices.device;
CREATE TRIGGER keep_placement AFTER INSERT OR UPDATE OF room_id, place ON devices.device
    FOR EACH ROW EXECUTE FUNCTION devices.keep_placement();

-- Installers, coordinators and administrators are in charge of the devices of their organisations.
CREATE OR REPLACE FUNCTION devices.viewer_may_install(wanted int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM registry.viewer_roles()
        WHERE organisation_id = wanted AND role IN ('installer', 'coordinator', 'administrator')
    )
$$;

CREATE OR REPLACE FUNCTION devices.lock_for_installer(wanted int) RETURNS devices.device
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT device FROM devices.device
    WHERE device_id = wanted AND devices.viewer_may_install(organisation_id)
    FOR UPDATE
$$;

CREATE OR REPLACE FUNCTION devices.write_act(before devices.device, acted text, acted_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO devices.history (organisation_id, home_id, device_id, at, account_id, account_name, action, before)
    SELECT before.organisation_id, before.home_id, before.device_id, acted_at, account_id, name, acted,
           jsonb_build_object('name', before.name, 'model', before.model, 'room_id', before.room_id, 'place', before.place,
                              'retired_at', before.retired_at, 'battery_changed_at', before.battery_changed_at)
    FROM registry.account WHERE account_id = registry.viewer_account()
$$;

-- Each of these returns the device, or null where the viewer may not or there is no such thing.

-- Puts a device that a gateway has found into a room; one that had been taken away comes back with its history.
CREATE OR REPLACE FUNCTION devices.install(wanted_gateway text, wanted_key text, said_name text, said_model text,
                                           wanted_room int, said_place text, measured jsonb, acted_at timestamptz)
RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stands devices.gateway;
    there  devices.device;
    placed timestamptz;
BEGIN
    SELECT * INTO stands FROM devices.gateway
    WHERE key = wanted_gateway AND devices.viewer_may_install(organisation_id) FOR UPDATE;
    IF stands.gateway_id IS NULL OR NOT devices.room_is_of(wanted_room, stands.home_id) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO there FROM devices.device WHERE gateway_id = stands.gateway_id AND key = wanted_key FOR UPDATE;
    IF there.device_id IS NULL THEN
        INSERT INTO devices.device (organisation_id, home_id, gateway_id, room_id, key, name, model, place, installed_at)
        VALUES (stands.organisation_id, stands.home_id, stands.gateway_id, wanted_room, wanted_key, said_name, said_model, said_place,
                acted_at)
        RETURNING * INTO there;
        PERFORM devices.write_act(there, 'installed', acted_at);
    ELSE
        PERFORM devices.write_act(there, CASE WHEN there.retired_at IS NULL THEN 'described' ELSE 'restored' END, acted_at);
        IF (there.room_id, there.place) IS DISTINCT FROM (wanted_room, said_place) THEN
            PERFORM devices.put(there, wanted_room, said_place, acted_at);
        END IF;
        UPDATE devices.device SET name = said_name, model = said_model, retired_at = NULL WHERE device_id = there.device_id;
    END IF;
    PERFORM devices.measure(there, measured);
    RETURN there.device_id;
END
$$;

CREATE OR REPLACE FUNCTION devices.room_is_of(wanted_room int, wanted_home int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT wanted_room IS NULL OR EXISTS (SELECT FROM registry.room WHERE room_id = wanted_room AND home_id = wanted_home)
$$;

-- From now on it stands elsewhere; the days before keep the room they had.
CREATE OR REPLACE FUNCTION devices.put(moved devices.device, wanted_room int, said_place text, acted_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO devices.placement (organisation_id, home_id, device_id, since, room_id, place)
    VALUES (moved.organisation_id, moved.home_id, moved.device_id, acted_at, wanted_room, said_place)
    ON CONFLICT (device_id, since) DO UPDATE SET room_id = excluded.room_id, place = excluded.place;
    UPDATE devices.device SET room_id = wanted_room, place = said_place WHERE device_id = moved.device_id
$$;

-- `measured` lists the series it reports: [{"name": "device/quantity", "quantity_id": 1}]. What it has stays.
CREATE OR REPLACE FUNCTION devices.measure(measuring devices.device, measured jsonb) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO devices.series (organisation_id, home_id, gateway_id, device_id, name, quantity_id)
    SELECT measuring.organisation_id, measuring.home_id, measuring.gateway_id, measuring.device_id, name, quantity_id
    FROM jsonb_to_recordset(measured) AS wanted (name text, quantity_id smallint)
    WHERE starts_with(name, measuring.key || '/')
    ON CONFLICT (gateway_id, name) DO NOTHING
$$;

CREATE OR REPLACE FUNCTION devices.describe(wanted int, said_name text, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before devices.device := devices.lock_for_installer(wanted);
BEGIN
    UPDATE devices.device SET name = said_name WHERE device_id = before.device_id AND name <> said_name;
    IF FOUND THEN
        PERFORM devices.write_act(before, 'described', acted_at);
    END IF;
    RETURN before.device_id;
END
$$;

CREATE OR REPLACE FUNCTION devices.move(wanted int, wanted_room int, said_place text, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before devices.device := devices.lock_for_installer(wanted);
BEGIN
    IF before.device_id IS NULL OR NOT devices.room_is_of(wanted_room, before.home_id) THEN
        RETURN NULL;
    END IF;
    IF (before.room_id, before.place) IS DISTINCT FROM (wanted_room, said_place) THEN
        PERFORM devices.write_act(before, 'moved', acted_at);
        PERFORM devices.put(before, wanted_room, said_place, acted_at);
    END IF;
    RETURN before.device_id;
END
$$;

-- Taken away: it is not missed from then on. Its readings stay, and what still comes of it is stored.
CREATE OR REPLACE FUNCTION devices.retire(wanted int, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before devices.device := devices.lock_for_installer(wanted);
BEGIN
    IF before.device_id IS NOT NULL AND before.retired_at IS NULL THEN
        PERFORM devices.write_act(before, 'retired', acted_at);
        UPDATE devices.device SET retired_at = acted_at WHERE device_id = before.device_id;
    END IF;
    RETURN before.device_id;
END
$$;

CREATE OR REPLACE FUNCTION devices.restore(wanted int, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before devices.device := devices.lock_for_installer(wanted);
BEGIN
    IF before.device_id IS NOT NULL AND before.retired_at IS NOT NULL THEN
        PERFORM devices.write_act(before, 'restored', acted_at);
        UPDATE devices.device SET retired_at = NULL WHERE device_id = before.device_id;
    END IF;
    RETURN before.device_id;
END
$$;

CREATE OR REPLACE FUNCTION devices.change_battery(wanted int, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before devices.device := devices.lock_for_installer(wanted);
BEGIN
    IF before.device_id IS NOT NULL THEN
        PERFORM devices.write_act(before, 'battery', acted_at);
        UPDATE devices.device SET battery_changed_at = acted_at WHERE device_id = before.device_id;
    END IF;
    RETURN before.device_id;
END
$$;

-- A new device of a gateway of the same home in the place of a broken one: with its name and place, and the broken one taken
-- away. The broken one itself, heard by another gateway, is no new one.
DROP FUNCTION IF EXISTS devices.replace_by(int, text, text, jsonb, timestamptz);
CREATE OR REPLACE FUNCTION devices.replace_by(broken int, wanted_gateway text, wanted_key text, said_model text, measured jsonb,
                                              acted_at timestamptz)
RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before  devices.device := devices.lock_for_installer(broken);
    finder  int;
    taken   int;
BEGIN
    SELECT gateway_id INTO finder FROM devices.gateway WHERE key = wanted_gateway AND home_id = before.home_id;
    IF finder IS NULL OR (before.key = wanted_key AND (finder = before.gateway_id OR devices.is_worldwide(wanted_key))) THEN
        RETURN NULL;
    END IF;
    taken := devices.install(wanted_gateway, wanted_key, before.name, said_model, before.room_id, before.place, measured, acted_at);
    PERFORM devices.write_act(before, 'replaced', acted_at);
    UPDATE devices.device SET retired_at = coalesce(retired_at, acted_at) WHERE device_id = before.device_id;
    UPDATE devices.device SET replaces_id = before.device_id WHERE device_id = taken;
    RETURN taken;
END
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA devices FROM PUBLIC;
GRANT EXECUTE ON FUNCTION devices.viewer_may_install(int),
    devices.install(text, text, text, text, int, text, jsonb, timestamptz), devices.describe(int, text, timestamptz),
    devices.move(int, int, text, timestamptz), devices.retire(int, timestamptz), devices.restore(int, timestamptz),
    devices.change_battery(int, timestamptz), devices.replace_by(int, text, text, text, jsonb, timestamptz) TO vicino_people;
