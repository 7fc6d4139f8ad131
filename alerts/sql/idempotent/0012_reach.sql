-- What people do about how they are reached: for their own account only, through these functions and views alone.
CREATE OR REPLACE VIEW alerts.own_push_device WITH (security_barrier) AS
    SELECT public_id, label, added_at, shown_at, sha256(convert_to(endpoint, 'UTF8')) AS digest
    FROM alerts.push_device WHERE account_id = registry.viewer_account();
CREATE OR REPLACE VIEW alerts.own_address WITH (security_barrier) AS
    SELECT address_id, channel, position, added_at, verified_at
    FROM alerts.address WHERE account_id = registry.viewer_account() AND gone_at IS NULL;
CREATE OR REPLACE VIEW alerts.own_trial WITH (security_barrier) AS
    SELECT trial_id, channel, device_id IS NOT NULL AS one_device, asked_at, sent_at, error, delivered_at
    FROM alerts.trial WHERE account_id = registry.viewer_account();
GRANT SELECT ON alerts.own_push_device, alerts.own_address, alerts.own_trial, alerts.face TO vicino_people;

-- The name of the address that all devices of an account are.
CREATE OR REPLACE FUNCTION alerts.devices_of(wanted int) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT public_id::text FROM registry.account WHERE account_id = wanted AND active
$$;

-- Enters an address of an account before those it has, or brings it back; true where the account has not had it in use.
CREATE OR REPLACE FUNCTION alerts.reach(of_account int, by_channel text, at_address text, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO alerts.address AS known (account_id, channel, address, position, added_at, verified_at)
    SELECT of_account, by_channel, at_address, coalesce(min(position), 1) - 1, acted_at, acted_at
    FROM alerts.address WHERE account_id = of_account AND gone_at IS NULL
    ON CONFLICT (account_id, contact_id, channel, address) DO UPDATE
    SET gone_at = NULL, gone_for = '', verified_at = acted_at, position = excluded.position
    WHERE known.gone_at IS NOT NULL;
    RETURN FOUND;
END
$$;

CREATE OR REPLACE FUNCTION alerts.forget_empty_devices(of_account int, acted_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE alerts.address SET gone_at = acted_at, gone_for = 'no device is left'
    WHERE account_id = of_account AND channel = 'webpush' AND gone_at IS NULL
        AND NOT EXISTS (SELECT FROM alerts.push_device WHERE push_device.account_id = of_account)
$$;

-- Registers a browser for the viewer. One that was somebody else's is the viewer's from now on. Null where nobody looks.
CREATE OR REPLACE FUNCTION alerts.add_push_device(at_endpoint text, with_p256dh text, with_auth text, called text,
                                                  acted_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    viewer  int := registry.viewer_account();
    group_address text := alerts.devices_of(viewer);
    before  int;
    added   uuid;
BEGIN
    IF group_address IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT account_id INTO before FROM alerts.push_device WHERE endpoint = at_endpoint FOR UPDATE;
    INSERT INTO alerts.push_device AS known (account_id, endpoint, p256dh, auth, label, added_at)
    VALUES (viewer, at_endpoint, with_p256dh, with_auth, called, acted_at)
    ON CONFLICT (endpoint) DO UPDATE
    SET account_id = viewer, p256dh = with_p256dh, auth = with_auth, label = called, added_at = acted_at, shown_at = NULL
    RETURNING public_id INTO added;
    PERFORM alerts.reach(viewer, 'webpush', group_address, acted_at);
    IF before <> viewer THEN
        PERFORM alerts.forget_empty_devices(before, acted_at);
    END IF;
    RETURN added;
END
$$;

-- Takes a browser of the viewer away; false where there is none.
CREATE OR REPLACE FUNCTION alerts.remove_push_device(wanted uuid, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM alerts.push_device WHERE public_id = wanted AND account_id = registry.viewer_account();
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM alerts.forget_empty_devices(registry.viewer_account(), acted_at);
    RETURN true;
END
$$;

-- A browser got a new subscription. It shows by the secret of the old one that it is the same; nobody needs to be signed in.
CREATE OR REPLACE FUNCTION alerts.renew_push_device(old_endpoint text, old_auth text, new_endpoint text, new_p256dh text,
                                                    new_auth text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE alerts.push_device SET endpoint = new_endpoint, p256dh = new_p256dh, auth = new_auth
    WHERE endpoint = old_endpoint AND auth = old_auth
        AND NOT EXISTS (SELECT FROM alerts.push_device WHERE endpoint = new_endpoint AND endpoint <> old_endpoint);
    RETURN FOUND;
END
$$;

-- A browser says that it has shown a message, or that somebody has touched it. It knows the message's own number, which
-- nobody else knows; each is noted once. Returns whether nobody has to look any more; null where there is no such message.
CREATE OR REPLACE FUNCTION alerts.receipt_of_push(wanted uuid, was_read boolean, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    over boolean;
BEGIN
    UPDATE alerts.notification
    SET delivered_at = coalesce(delivered_at, acted_at),
        read_at = CASE WHEN was_read THEN coalesce(read_at, acted_at) ELSE read_at END
    FROM alerts.alert
    WHERE notification.public_id = wanted AND channel = 'webpush' AND alert.alert_id = notification.alert_id
    RETURNING alert.state <> 'new' INTO over;
    IF over IS NULL THEN
        UPDATE alerts.news SET delivered_at = coalesce(delivered_at, acted_at),
            read_at = CASE WHEN was_read THEN coalesce(read_at, acted_at) ELSE read_at END
        WHERE public_id = wanted AND channel = 'webpush'
        RETURNING false INTO over;
    END IF;
    IF over IS NULL THEN
        UPDATE alerts.trial SET delivered_at = coalesce(delivered_at, acted_at)
        WHERE public_id = wanted AND channel = 'webpush' AND taken_at IS NOT NULL
        RETURNING false INTO over;
    END IF;
    RETURN over;
END
$$;

-- Prepares that the viewer shows a bot who they are.
CREATE OR REPLACE FUNCTION alerts.begin_pairing(by_channel text, with_code bytea, until timestamptz, acted_at timestamptz)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM alerts.pairing WHERE expires_at <= acted_at OR account_id = registry.viewer_account();
    INSERT INTO alerts.pairing (code, channel, account_id, expires_at)
    SELECT with_code, by_channel, account_id, until
    FROM registry.account WHERE account_id = registry.viewer_account() AND active;
    RETURN FOUND;
END
$$;

-- Takes away where the viewer is reached by a channel; returns how many addresses that were.
CREATE OR REPLACE FUNCTION alerts.leave_channel(by_channel text, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    taken int;
BEGIN
    UPDATE alerts.address SET gone_at = acted_at, gone_for = 'taken away'
    WHERE account_id = registry.viewer_account() AND channel = by_channel AND gone_at IS NULL;
    GET DIAGNOSTICS taken = ROW_COUNT;
    RETURN taken;
END
$$;

-- Asks for a message to the viewer: to one device, or by a channel. Null where there is no such address, or where one was
-- asked for just before.
CREATE OR REPLACE FUNCTION alerts.ask_trial(by_channel text, to_device uuid, at_most_since timestamptz, acted_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    viewer  int := registry.viewer_account();
    asked   bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('alerts.trial', viewer));
    IF EXISTS (SELECT FROM alerts.trial WHERE account_id = viewer AND asked_at > at_most_since) THEN
        RETURN NULL;
    END IF;
    DELETE FROM alerts.trial WHERE account_id = viewer AND asked_at < acted_at - interval '30 days';
    INSERT INTO alerts.trial (account_id, channel, address, device_id, asked_at)
    SELECT viewer, by_channel, address, (SELECT device_id FROM alerts.push_device
                                         WHERE public_id = to_device AND account_id = viewer), acted_at
    FROM alerts.address
    WHERE account_id = viewer AND channel = by_channel AND gone_at IS NULL
        AND (to_device IS NULL OR EXISTS (SELECT FROM alerts.push_device WHERE public_id = to_device AND account_id = viewer))
    ORDER BY position, address_id LIMIT 1
    RETURNING trial_id INTO asked;
    PERFORM pg_notify('vicino_trial', '');
    RETURN asked;
END
$$;

REVOKE ALL ON FUNCTION alerts.devices_of(int), alerts.reach(int, text, text, timestamptz),
    alerts.forget_empty_devices(int, timestamptz), alerts.add_push_device(text, text, text, text, timestamptz),
    alerts.remove_push_device(uuid, timestamptz), alerts.renew_push_device(text, text, text, text, text),
    alerts.receipt_of_push(uuid, boolean, timestamptz), alerts.begin_pairing(text, bytea, timestamptz, timestamptz),
    alerts.leave_channel(text, timestamptz), alerts.ask_trial(text, uuid, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.add_push_device(text, text, text, text, timestamptz),
    alerts.remove_push_device(uuid, timestamptz), alerts.renew_push_device(text, text, text, text, text),
    alerts.receipt_of_push(uuid, boolean, timestamptz), alerts.begin_pairing(text, bytea, timestamptz, timestamptz),
    alerts.leave_channel(text, timestamptz), alerts.ask_trial(text, uuid, timestamptz, timestamptz) TO vicino_people;
GRANT EXECUTE ON FUNCTION alerts.reach(int, text, text, timestamptz), alerts.forget_empty_devices(int, timestamptz)
    TO vicino_service;
-- What can send to somebody is for the services alone.
REVOKE ALL ON alerts.push_device, alerts.pairing, alerts.reading, alerts.trial, alerts.apprise_target FROM vicino_people, vicino_views;
