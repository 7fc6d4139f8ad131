SELECT registry.protect('devices.enrolment', 'place');
SELECT registry.protect('devices.gateway_config', 'place');
SELECT registry.protect('devices.offline_rules', 'people');

-- Nobody who serves people needs a hash.
REVOKE ALL ON devices.enrolment FROM vicino_people, vicino_views;
GRANT SELECT (gateway_id, organisation_id, home_id, enrolled_at, renewed_at, revoked_at, admitted_at, trouble)
    ON devices.enrolment TO vicino_people;

-- What gateways do without the service holds telephone numbers: whoever installs needs to know that there are some, and no more.
REVOKE ALL ON devices.gateway_config FROM vicino_people, vicino_views;
GRANT SELECT (gateway_id, organisation_id, home_id, version, changed_at, published_at, confirmed, confirmed_at, trouble)
    ON devices.gateway_config TO vicino_people;
CREATE OR REPLACE FUNCTION devices.local_alarms(wanted_home int) RETURNS TABLE (sirens int, contacts int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_array_length(rules -> 'sirens'), 0), coalesce(jsonb_array_length(rules -> 'contacts'), 0)
    FROM devices.offline_rules
    WHERE home_id = wanted_home AND organisation_id IN (SELECT registry.viewer_organisations('place'))
$$;
REVOKE ALL ON FUNCTION devices.local_alarms(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION devices.local_alarms(int) TO vicino_people;

CREATE OR REPLACE FUNCTION devices.write_enrolment(wanted int, hash text, written_at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO devices.enrolment AS old (gateway_id, organisation_id, home_id, enrolled_at, password_hash)
    SELECT gateway_id, organisation_id, home_id, written_at, hash FROM devices.gateway WHERE gateway_id = wanted
    ON CONFLICT (gateway_id) DO UPDATE
    SET password_hash = excluded.password_hash, revoked_at = NULL, admitted_at = NULL, trouble = '',
        enrolled_at = CASE WHEN old.revoked_at IS NULL THEN old.enrolled_at ELSE excluded.enrolled_at END,
        renewed_at = CASE WHEN old.revoked_at IS NULL THEN excluded.enrolled_at END;
    PERFORM pg_notify('vicino_enrolment', '');
END
$$;

CREATE OR REPLACE FUNCTION devices.write_revocation(wanted int, written_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    revoked int;
BEGIN
    UPDATE devices.enrolment SET revoked_at = written_at, password_hash = '', admitted_at = NULL, trouble = ''
    WHERE gateway_id = wanted AND revoked_at IS NULL;
    GET DIAGNOSTICS revoked = ROW_COUNT;
    PERFORM pg_notify('vicino_enrolment', '');
    RETURN revoked > 0;
END
$$;

-- Whoever installs or answers for an organisation may enrol its gateways.
CREATE OR REPLACE FUNCTION devices.gateway_for_installer(wanted text) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT gateway_id FROM devices.gateway
    WHERE key = wanted AND EXISTS (
        SELECT FROM registry.viewer_roles() AS held
        WHERE held.organisation_id = gateway.organisation_id AND held.role IN ('installer', 'coordinator', 'administrator')
    )
$$;

-- The same for people: true where it was done, false where the viewer may not or nothing was to be done.
CREATE OR REPLACE FUNCTION devices.enrol_for_viewer(wanted text, hash text, written_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    allowed int := devices.gateway_for_installer(wanted);
BEGIN
    IF allowed IS NOT NULL THEN
        PERFORM devices.write_enrolment(allowed, hash, written_at);
    END IF;
    RETURN allowed IS NOT NULL;
END
$$;

CREATE OR REPLACE FUNCTION devices.revoke_for_viewer(wanted text, written_at timestamptz) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(devices.write_revocation(devices.gateway_for_installer(wanted), written_at), false)
$$;

REVOKE ALL ON FUNCTION devices.write_enrolment(int, text, timestamptz), devices.write_revocation(int, timestamptz),
    devices.gateway_for_installer(text), devices.enrol_for_viewer(text, text, timestamptz),
    devices.revoke_for_viewer(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION devices.write_enrolment(int, text, timestamptz), devices.write_revocation(int, timestamptz)
    TO vicino_service;
GRANT EXECUTE ON FUNCTION devices.enrol_for_viewer(text, text, timestamptz), devices.revoke_for_viewer(text, timestamptz)
    TO vicino_people;

-- Whoever tells gateways their configuration looks again when what it is made of has changed.
CREATE OR REPLACE FUNCTION devices.notify_configuration() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('vicino_configuration', '');
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER configuration AFTER INSERT OR UPDATE OR DELETE ON devices.gateway
    FOR EACH STATEMENT EXECUTE FUNCTION devices.notify_configuration();
CREATE OR REPLACE TRIGGER configuration AFTER INSERT OR UPDATE OR DELETE ON devices.device
    FOR EACH STATEMENT EXECUTE FUNCTION devices.notify_configuration();
CREATE OR REPLACE TRIGGER configuration AFTER INSERT OR UPDATE OR DELETE ON devices.series
    FOR EACH STATEMENT EXECUTE FUNCTION devices.notify_configuration();
CREATE OR REPLACE TRIGGER configuration AFTER INSERT OR UPDATE OR DELETE ON devices.offline_rules
    FOR EACH STATEMENT EXECUTE FUNCTION devices.notify_configuration();
