-- page_of_alerts --
-- A part of the alerts a viewer may see, the latest first, those that are over too.
SELECT alert_id, public_id, organisation_id, home_id, person_id, family, kind, severity, state, happened_at, opened_at, updated_at,
    times, explanation_it, explanation_en, coverage, evidence, taken_by, taken_by_name, taken_at, resolved_at, outcome, overflow,
    group_of
FROM alerts.alert
WHERE organisation_id IN (SELECT registry.viewer_organisations())
    AND (%(before)s::timestamptz IS NULL OR (opened_at, public_id) < (%(before)s, %(before_id)s::uuid))
    AND (%(states)s::text[] IS NULL OR state = ANY (%(states)s))
    AND (%(family)s::text IS NULL OR family = %(family)s)
    AND (%(home_id)s::int IS NULL OR home_id = %(home_id)s)
    AND (%(updated_since)s::timestamptz IS NULL OR updated_at >= %(updated_since)s)
ORDER BY opened_at DESC, public_id DESC LIMIT %(limit)s;

-- public_alerts --
-- The public ids of some alerts that a viewer may see.
SELECT alert_id, public_id FROM alerts.alert
WHERE alert_id = ANY (%(alerts)s::bigint[]) AND organisation_id IN (SELECT registry.viewer_organisations());
