-- What Grafana sees: homes under a pseudonym, nobody's name, address or telephone, and no text that people wrote. The views belong
-- to the owner of the tables; each is filtered by `grafana.homes`, which asks who signed in. All are barriers: a condition that
-- could tell something is asked only of rows that may be seen.
REVOKE ALL ON dashboards.pseudonym_key, dashboards.grafana_reader FROM PUBLIC, vicino_service, vicino_people;
SELECT registry.protect('dashboards.grafana_reader', 'organisation');

-- HMAC with SHA-256 (RFC 2104), the first 64 bits of it, with keys that are already as long as a block.
CREATE OR REPLACE FUNCTION dashboards.pseudonym_for(wanted text, public_id uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT left(encode(sha256(outer_key || sha256(inner_key || uuid_send(public_id))), 'hex'), 16)
    FROM dashboards.pseudonym_key WHERE purpose = wanted
$$;
REVOKE ALL ON FUNCTION dashboards.pseudonym_for(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dashboards.pseudonym_for(text, uuid) TO vicino_service;

-- The organisations that the login may see. `session_user` is who signed in, whatever was set since.
CREATE OR REPLACE FUNCTION grafana.organisations() RETURNS TABLE (organisation_id int, name text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE seen AS (
        SELECT organisation.organisation_id, organisation.name, organisation.kind
        FROM dashboards.grafana_reader AS reader
        JOIN registry.organisation ON reader.organisation_id IS NULL OR organisation.organisation_id = reader.organisation_id
        WHERE reader.login = session_user
        UNION
        SELECT child.organisation_id, child.name, child.kind
        FROM registry.organisation AS child JOIN seen ON child.parent_id = seen.organisation_id
    )
    SELECT organisation_id, name FROM seen WHERE kind <> 'canary'
$$;

-- Its homes, with the numbers that the views join by and do not show.
CREATE OR REPLACE FUNCTION grafana.homes() RETURNS TABLE (home_id int, home text, organisation text, timezone text)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
    SELECT home.home_id, left(encode(sha256(outer_key || sha256(inner_key || uuid_send(home.public_id))), 'hex'), 16),
        organisations.name, home.timezone
    FROM grafana.organisations() AS organisations
    JOIN registry.home USING (organisation_id)
    CROSS JOIN (SELECT inner_key, outer_key FROM dashboards.pseudonym_key WHERE purpose = 'grafana') AS key
$$;

CREATE OR REPLACE VIEW grafana.organisation WITH (security_barrier) AS
    SELECT name AS organisation FROM grafana.organisations();

CREATE OR REPLACE VIEW grafana.home WITH (security_barrier) AS
    SELECT home, organisation, timezone,
        (SELECT count(*)::int FROM registry.person WHERE person.home_id = homes.home_id) AS residents,
        (SELECT count(*)::int FROM devices.device WHERE device.home_id = homes.home_id AND retired_at IS NULL) AS devices
    FROM grafana.homes() AS homes;

-- Gateways and how they last stood. `enrolled_at` is null where a gateway was never enrolled by itself.
CREATE OR REPLACE VIEW grafana.gateway WITH (security_barrier) AS
    SELECT home, organisation, left(home, 8) || '-' || row_number() OVER (PARTITION BY home ORDER BY gateway.gateway_id) AS gateway,
        enrolled_at, coalesce(online, false) AS online, changed_at, received_at, queued, oldest_unsent, thinned, clock, version, power,
        uptime_s
    FROM grafana.homes() AS homes
    JOIN devices.gateway USING (home_id)
    LEFT JOIN devices.enrolment USING (gateway_id)
    LEFT JOIN ingest.gateway_status USING (gateway_id);

-- What is or was silent, and why: gateways, devices, the systems by which they are heard. `battery` in per cent.
CREATE OR REPLACE VIEW grafana.silence WITH (security_barrier) AS
    SELECT home, organisation, subject_kind AS subject, class, cause, since, ended_at, confidence, battery
    FROM grafana.homes() AS homes JOIN analytics.silence USING (home_id)
    WHERE withdrawn_at IS NULL;

-- Readings by the hour, for each quantity and kind of room.
CREATE OR REPLACE VIEW grafana.hourly WITH (security_barrier) AS
    SELECT home, organisation, coalesce(room.kind, 'other') AS room, quantity_id, hour, readings, plausible, total, minimum, maximum
    FROM grafana.homes() AS homes
    JOIN devices.series USING (home_id)
    JOIN devices.device USING (device_id)
    LEFT JOIN registry.room ON room.room_id = device.room_id
    JOIN ingest.hourly USING (series_id);

-- Daily indicators beside the person's own usual range. `midnight` is when the day begins at home.
CREATE OR REPLACE VIEW grafana.indicator WITH (security_barrier) AS
    SELECT home, organisation, indicator.kind, indicator.day, (indicator.day::timestamp AT TIME ZONE timezone) AS midnight, value, unit,
        coverage, low, median, high
    FROM grafana.homes() AS homes
    JOIN analytics.indicator USING (home_id)
    LEFT JOIN analytics.baseline ON baseline.home_id = indicator.home_id AND baseline.kind = indicator.kind
        AND baseline.day = indicator.day;

CREATE OR REPLACE VIEW grafana.wellbeing_day WITH (security_barrier) AS
    SELECT home, organisation, day, (day::timestamp AT TIME ZONE timezone) AS midnight, state, score, coverage, because, threshold
    FROM grafana.homes() AS homes JOIN analytics.wellbeing_day USING (home_id);

CREATE OR REPLACE VIEW grafana.episode WITH (security_barrier) AS
    SELECT home, organisation, episode.kind, coalesce(room.kind, 'other') AS room, started_at, ended_at
    FROM grafana.homes() AS homes
    JOIN analytics.episode USING (home_id)
    LEFT JOIN registry.room ON room.room_id = episode.room_id;

CREATE OR REPLACE VIEW grafana.finding WITH (security_barrier) AS
    SELECT home, organisation, family, kind, severity, started_at, ended_at, found_at, coverage, detector, trial,
        withdrawn_at IS NOT NULL AS withdrawn
    FROM grafana.homes() AS homes JOIN analytics.finding USING (home_id);

-- What was going on at home, as entered, confirmed or proposed; without what people noted.
CREATE OR REPLACE VIEW grafana.context WITH (security_barrier) AS
    SELECT home, organisation, kind, started_at, ended_at, standing, confidence
    FROM grafana.homes() AS homes JOIN analytics.context USING (home_id)
    WHERE standing IN ('proposed', 'entered', 'confirmed');

-- Alerts and what became of them: when somebody was first told, first took charge, and closed it. Nobody who works on them.
CREATE OR REPLACE VIEW grafana.alert WITH (security_barrier) AS
    SELECT home, organisation, family, kind, severity, state, happened_at, opened_at, times, outcome, resolved_at,
        (SELECT min(sent_at) FROM alerts.notification WHERE notification.alert_id = alert.alert_id) AS told_at,
        (SELECT min(at) FROM alerts.history WHERE history.alert_id = alert.alert_id AND action = 'taken') AS taken_at,
        EXISTS (SELECT FROM alerts.history WHERE history.alert_id = alert.alert_id AND action = 'unanswered') AS unanswered
    FROM grafana.homes() AS homes JOIN alerts.alert USING (home_id);

-- On what the use of data rests, without whose: purposes, and from when to when.
CREATE OR REPLACE VIEW grafana.agreement WITH (security_barrier) AS
    SELECT organisations.name AS organisation, purpose, basis, valid_from, least(valid_until, withdrawn_at) AS ended_at
    FROM grafana.organisations() AS organisations JOIN registry.consent USING (organisation_id);

REVOKE ALL ON FUNCTION grafana.organisations(), grafana.homes() FROM PUBLIC;
REVOKE ALL ON SCHEMA grafana FROM PUBLIC;
GRANT USAGE ON SCHEMA grafana TO vicino_grafana;
GRANT EXECUTE ON FUNCTION grafana.organisations(), grafana.homes() TO vicino_grafana;
GRANT SELECT ON ALL TABLES IN SCHEMA grafana TO vicino_grafana;
