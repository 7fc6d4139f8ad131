-- head_of_group --
-- The open alert of a home that what opens now belongs to: opened, or happened again, since an instant, and more pressing or as
-- pressing. Calls of devices that are registered nowhere are nobody's.
SELECT coalesce(group_of, alert_id) AS alert_id FROM alerts.alert
WHERE home_id = %(home_id)s AND alert_id <> %(alert_id)s AND state <> 'resolved' AND updated_at >= %(since)s AND NOT unregistered
    AND (array_position(ARRAY['safety', 'wellbeing', 'technical'], family), -severity::float8)
        <= (array_position(ARRAY['safety', 'wellbeing', 'technical'], %(family)s), -%(severity)s::float8)
ORDER BY array_position(ARRAY['safety', 'wellbeing', 'technical'], family), severity DESC, alert_id LIMIT 1;

-- join_group --
-- Says that an alert belongs to another one of its home.
UPDATE alerts.alert SET group_of = %(head)s WHERE alert_id = %(alert_id)s;

-- told_with --
-- How many other open alerts are told with one.
SELECT count(*)::int AS alerts FROM alerts.alert WHERE group_of = %(alert_id)s AND state <> 'resolved';

-- is_open --
-- Whether an alert is still open.
SELECT FROM alerts.alert WHERE alert_id = %(alert_id)s AND state <> 'resolved';

-- judged_lately --
-- The alert of a home and kind that was judged since an instant, locked.
SELECT alert_id, organisation_id, severity FROM alerts.alert
WHERE home_id = %(home_id)s AND family = %(family)s AND kind = %(kind)s AND state = 'resolved' AND outcome <> 'over'
    AND resolved_at >= %(since)s
    AND NOT EXISTS (
        SELECT FROM alerts.alert AS open
        WHERE open.home_id = alert.home_id AND open.family = alert.family AND open.kind = alert.kind AND open.state <> 'resolved'
    )
ORDER BY resolved_at DESC LIMIT 1 FOR UPDATE;

-- noted_severity --
-- How severe a finding was when it was noted on an alert that had been judged.
SELECT (detail->>'severity')::float8 AS severity FROM alerts.history
WHERE alert_id = %(alert_id)s AND action = 'again_after_outcome' AND (detail->>'source_id')::bigint = %(finding_id)s
ORDER BY history_id LIMIT 1;
