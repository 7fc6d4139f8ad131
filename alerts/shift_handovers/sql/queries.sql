-- can_be_handed_over --
-- Which alerts the viewer can hand over.
SELECT public_id FROM alerts.alert
WHERE alert_id IN (SELECT alerts.handed_over_by_viewer()) AND organisation_id IN (SELECT registry.viewer_organisations());

-- offer --
-- Offers alerts to the next shift.
SELECT alerts.offer_shift(%(alerts)s::uuid[], %(note)s, %(until)s, %(now)s) AS public_id;

-- accept --
-- Takes over what was offered.
SELECT alerts.accept_shift(%(public_id)s, %(now)s) AS taken;

-- withdraw --
-- Takes an offer back.
SELECT alerts.withdraw_shift(%(public_id)s, %(now)s) AS withdrawn;

-- seen --
-- The hand-overs that the viewer may see, the latest first, each with its alerts as far as they are still with whoever had them, and of
-- which homes all of them are. One of them, or from a place in the list on: those made since an instant and the open ones, or these alone.
SELECT made.public_id, made_by, made_by_name, note, made_at, until, made.state, ended_at, accepted_by_name,
    registry.viewer_may_act(made.organisation_id) AS may_act, count(given.alert_id)::int AS alerts,
    coalesce(array_agg(alert.public_id ORDER BY alert.family, alert.alert_id)
        FILTER (WHERE made.state = 'offered' AND alert.state = 'in_charge' AND alert.taken_by = given.taken_by), '{}') AS waiting,
    array_agg(DISTINCT alert.home_id) AS homes
FROM alerts.shift_handover AS made
JOIN alerts.shift_handover_alert AS given USING (shift_handover_id)
JOIN alerts.alert ON alert.alert_id = given.alert_id
WHERE made.organisation_id IN (SELECT registry.viewer_organisations())
    AND (%(public_id)s::uuid IS NULL OR made.public_id = %(public_id)s)
    AND (%(since)s::timestamptz IS NULL OR made_at >= %(since)s OR made.state = 'offered')
    AND (NOT %(only_open)s OR (made.state = 'offered' AND until > %(now)s))
    AND (%(before_at)s::timestamptz IS NULL OR (made_at, made.public_id) < (%(before_at)s, %(before_id)s::uuid))
GROUP BY made.shift_handover_id ORDER BY made_at DESC, made.public_id DESC LIMIT %(limit)s;

-- homes_of --
-- Of which homes the alerts of a hand-over are that the viewer may see.
SELECT DISTINCT home_id FROM alerts.shift_handover AS made
JOIN alerts.shift_handover_alert USING (shift_handover_id) JOIN alerts.alert USING (alert_id)
WHERE made.public_id = %(public_id)s;

-- offered_to --
-- How many hand-overs wait for the viewer to take them over.
SELECT count(*)::int AS offers FROM alerts.shift_handover
WHERE state = 'offered' AND until > %(now)s AND made_by <> registry.viewer_account() AND registry.viewer_may_act(organisation_id);

-- untold --
-- The hand-overs of which nobody was told yet.
SELECT shift_handover_id, organisation_id, made_by FROM alerts.shift_handover
WHERE state = 'offered' AND told_at IS NULL AND until > %(now)s ORDER BY shift_handover_id;

-- mark_told --
-- Notes that whoever is on duty was told; a row where nobody else had. Gives the alerts of the hand-over.
WITH told AS (
    UPDATE alerts.shift_handover SET told_at = %(now)s
    WHERE shift_handover_id = %(shift_handover_id)s AND told_at IS NULL AND state = 'offered'
    RETURNING shift_handover_id
)
SELECT array_agg(alert_id ORDER BY array_position(ARRAY['safety', 'wellbeing', 'technical'], family), severity DESC, alert_id) AS alert_ids
FROM told JOIN alerts.shift_handover_alert USING (shift_handover_id) JOIN alerts.alert USING (alert_id)
GROUP BY told.shift_handover_id;

-- expired --
-- The hand-overs that nobody has taken over in time.
SELECT shift_handover_id FROM alerts.shift_handover WHERE state = 'offered' AND until <= %(now)s ORDER BY shift_handover_id;

-- expire --
-- Ends a hand-over that nobody has taken over; a row where nobody else has ended it.
UPDATE alerts.shift_handover SET state = 'expired', ended_at = %(now)s
WHERE shift_handover_id = %(shift_handover_id)s AND state = 'offered'
RETURNING shift_handover_id;

-- left --
-- The alerts of a hand-over that are still with whoever had them, locked.
SELECT alert_id, alert.organisation_id, policy, alert.taken_by, taken_by_name
FROM alerts.alert JOIN alerts.shift_handover_alert AS given USING (alert_id)
WHERE given.shift_handover_id = %(shift_handover_id)s AND alert.state = 'in_charge' AND alert.taken_by = given.taken_by
ORDER BY alert_id FOR UPDATE OF alert;
