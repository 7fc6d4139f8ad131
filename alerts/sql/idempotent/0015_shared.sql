-- What those close to a person see of its alerts, as far as it is shared with them: see registry/sql/idempotent/0004_consents.sql.
-- The kinds of data are called like the families of alerts. What an alert explains, and who was told, is never shown.
CREATE OR REPLACE FUNCTION alerts.shared_alerts(at timestamptz, since timestamptz)
RETURNS TABLE (person_id int, public_id uuid, family text, kind text, severity real, state text, happened_at timestamptz,
               opened_at timestamptz, in_charge boolean, taken_by text, taken_at timestamptz, resolved_at timestamptz, outcome text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT viewer.person_id, alert.public_id, alert.family, alert.kind, alert.severity, alert.state, alert.happened_at,
        alert.opened_at, alert.state = 'in_charge',
        CASE WHEN EXISTS (SELECT FROM registry.viewer_shared(at) AS charge
                          WHERE charge.person_id = viewer.person_id AND charge.data = 'charge') THEN alert.taken_by_name ELSE '' END,
        alert.taken_at, alert.resolved_at, alert.outcome
    FROM registry.viewer_shared(at) AS viewer
    JOIN alerts.alert ON alert.home_id = viewer.home_id AND alert.family = viewer.data
        AND (alert.person_id IS NULL OR alert.person_id = viewer.person_id)
    WHERE (alert.state <> 'resolved' OR alert.resolved_at > since) AND alert.opened_at <= at
    ORDER BY 1, alert.opened_at DESC, alert.alert_id DESC
$$;

-- How pressing what is open of a home is, without what it is, for whoever may know how the day goes: a day with an alert that is not
-- theirs to know is not one like the others either.
CREATE OR REPLACE FUNCTION alerts.shared_reasons(at timestamptz)
RETURNS TABLE (person_id int, public_id uuid, family text, severity real, opened_at timestamptz, in_charge boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT viewer.person_id, alert.public_id, alert.family, alert.severity, alert.opened_at, alert.state = 'in_charge'
    FROM registry.viewer_shared(at) AS viewer
    JOIN alerts.alert ON alert.home_id = viewer.home_id AND (alert.person_id IS NULL OR alert.person_id = viewer.person_id)
    WHERE viewer.data = 'day' AND alert.state <> 'resolved' AND alert.opened_at <= at
$$;

REVOKE ALL ON FUNCTION alerts.shared_alerts(timestamptz, timestamptz), alerts.shared_reasons(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.shared_alerts(timestamptz, timestamptz), alerts.shared_reasons(timestamptz) TO vicino_people;
