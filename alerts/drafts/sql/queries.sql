-- policies_at --
-- The policies that hold at an organisation of which the viewer sees the care, its own before those above it.
SELECT policy_id, organisation, family, kind, version, plan, since, is_own FROM alerts.policies_at(%(organisation_id)s);

-- policy_history --
-- All versions of a policy of an organisation, the latest first.
SELECT version, plan, since, until, set_by_name, reason, ended_by_name, ended_reason
FROM alerts.policy_history(%(organisation_id)s, %(family)s, %(kind)s);

-- policy_choices --
-- Whom a policy of an organisation may name.
SELECT what, key, name FROM alerts.policy_choices(%(organisation_id)s);

-- ask_draft --
-- Has worked out, as the viewer, what a draft would have come to.
SELECT alerts.ask_draft(%(organisation_id)s, %(family)s, %(kind)s, %(plan)s, %(days)s, %(most)s, %(now)s) AS public_id;

-- put_draft --
-- Puts a draft into force as the viewer.
SELECT alerts.put_draft(%(public_id)s, %(reason)s, %(now)s) AS came;

-- seen_draft --
-- A draft that the viewer may see, and how far it is worked out.
SELECT draft_id, public_id, organisation_id, family, kind, plan, made_from, days, asked_at, failed,
    (SELECT count(*)::int FROM alerts.tried_alert AS tried WHERE tried.draft_id = draft.draft_id) AS alerts,
    (SELECT count(*)::int FROM alerts.tried_alert AS tried WHERE tried.draft_id = draft.draft_id AND tried_at IS NOT NULL) AS tried
FROM alerts.policy_draft AS draft WHERE public_id = %(public_id)s;

-- seen_drafts --
-- The viewer's own drafts at an organisation, the latest first.
SELECT public_id, family, kind, plan IS NULL AS ends, asked_at FROM alerts.policy_draft
WHERE organisation_id = %(organisation_id)s AND asked_by = %(account_id)s ORDER BY asked_at DESC;

-- seen_tried --
-- What a draft would have come to in each alert that it concerns and that the viewer may see, the latest first.
SELECT alert.public_id, alert.home_id, alert.person_id, alert.family, alert.kind, alert.opened_at, tried.as_set, tried.as_wished
FROM alerts.tried_alert AS tried JOIN alerts.alert USING (alert_id)
WHERE tried.draft_id = %(draft_id)s AND tried.concerned ORDER BY alert.opened_at DESC, alert.alert_id DESC;

-- told_in_draft --
-- Who is named in what was worked out of a draft.
SELECT account_id, name FROM alerts.told_in_draft(%(public_id)s);

-- take_alerts --
-- Alerts that are to be tried, of one draft after the other, until the end of the transaction; with when somebody took charge, or it ended.
SELECT draft.draft_id, organisation.key AS organisation, draft.family, draft.kind AS for_kind, draft.plan, alert.alert_id,
    alert.organisation_id, alert.home_id, alert.person_id, alert.kind, alert.severity, alert.opened_at, (
        SELECT min(at) FROM alerts.history
        WHERE history.alert_id = alert.alert_id AND action IN ('taken', 'resolved', 'over')
    ) AS ended_at
FROM alerts.tried_alert AS tried JOIN alerts.policy_draft AS draft USING (draft_id) JOIN alerts.alert USING (alert_id)
    JOIN registry.organisation ON organisation.organisation_id = draft.organisation_id
WHERE tried.tried_at IS NULL AND NOT draft.failed
ORDER BY draft.draft_id, alert.alert_id LIMIT %(most)s FOR UPDATE OF tried SKIP LOCKED;

-- put_tried --
-- Notes what would have become of an alert.
UPDATE alerts.tried_alert
SET concerned = %(concerned)s, as_set = %(as_set)s, as_wished = %(as_wished)s, accounts = %(accounts)s, tried_at = %(now)s
WHERE draft_id = %(draft_id)s AND alert_id = %(alert_id)s;

-- fail_drafts --
-- Gives up what cannot be worked out: it holds up nothing else.
UPDATE alerts.policy_draft AS draft SET failed = true
WHERE draft_id = (SELECT min(draft_id) FROM alerts.tried_alert JOIN alerts.policy_draft AS other USING (draft_id)
                  WHERE tried_at IS NULL AND NOT other.failed);
