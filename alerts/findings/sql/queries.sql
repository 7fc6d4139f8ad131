-- take_in_again --
-- Claims what more is known of a finding that was taken in; says which alert it went into, locked. No row where that is known.
WITH known AS (
    UPDATE alerts.taken_in SET as_of = %(as_of)s, over_at = %(over_at)s, withdrawn_at = NULL
    WHERE source = 'finding' AND source_id = %(source_id)s AND coalesce(as_of, at) < %(as_of)s
    RETURNING alert_id
)
SELECT alert.alert_id, alert.organisation_id, alert.state, alert.outcome
FROM alerts.alert JOIN known USING (alert_id) FOR UPDATE OF alert;

-- restate --
-- Says what is known by now, in an open alert that speaks of this finding; it is news only where its words are others.
UPDATE alerts.alert
SET explanation_it = %(explanation_it)s, explanation_en = %(explanation_en)s, coverage = %(coverage)s, evidence = %(evidence)s,
    severity = greatest(severity, %(severity)s), updated_at = greatest(updated_at, %(now)s)
WHERE alert_id = %(alert_id)s AND state <> 'resolved' AND (evidence->>'finding_id')::bigint = %(finding_id)s
    AND (explanation_it, explanation_en) IS DISTINCT FROM (%(explanation_it)s, %(explanation_en)s);

-- is_over --
-- Whether all that an alert tells of is over or was withdrawn.
SELECT bool_and(over_at IS NOT NULL OR withdrawn_at IS NOT NULL) AS is_over FROM alerts.taken_in
WHERE source = 'finding' AND alert_id = %(alert_id)s;

-- close --
-- Closes a technical alert that nobody has taken, for it is over, and calls off what was to be sent.
WITH closed AS (
    UPDATE alerts.alert
    SET state = 'resolved', outcome = 'over', resolved_at = %(now)s, escalates_at = NULL, updated_at = greatest(updated_at, %(now)s)
    WHERE alert_id = %(alert_id)s AND state = 'new' AND family = 'technical'
    RETURNING alert_id
)
SELECT alerts.call_off(alert_id) FROM closed;

-- withdraw --
-- Notes that a finding that was taken in does not hold any more, and says which alert it went into.
WITH withdrawn AS (
    UPDATE alerts.taken_in SET withdrawn_at = %(now)s
    WHERE source = 'finding' AND source_id = %(source_id)s AND withdrawn_at IS NULL
    RETURNING alert_id
)
SELECT alert.alert_id, alert.organisation_id, alert.state FROM withdrawn JOIN alerts.alert USING (alert_id);
