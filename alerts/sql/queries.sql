-- looked_until --
-- How far a source has been looked at.
SELECT looked_until FROM alerts.progress WHERE source = %(source)s;

-- advance_progress --
-- Remembers how far a source has been looked at; goes back only from where a clock had jumped ahead to.
INSERT INTO alerts.progress (source, looked_until) VALUES (%(source)s, %(until)s)
ON CONFLICT (source) DO UPDATE SET looked_until = excluded.looked_until
WHERE progress.looked_until < excluded.looked_until OR progress.looked_until > %(now)s;

-- taken_in_among --
-- Which of these readings or findings have been taken in already, and as they were when.
SELECT source_id, withdrawn_at IS NOT NULL AS withdrawn, coalesce(as_of, at) AS as_of FROM alerts.taken_in WHERE source = %(source)s AND source_id = ANY(%(source_ids)s);

-- urgent_untaken --
-- Of the urgent readings from a number on: the latest number, the first that is not taken in, and those to take in next. A home of which
-- one came lately goes before what has waited for long; of one home all go in their order.
WITH untaken AS (
    SELECT urgent_id, home_id, received_at FROM ingest.urgent
    WHERE urgent_id >= %(first)s
        AND NOT EXISTS (SELECT FROM alerts.taken_in WHERE source = 'urgent' AND source_id = urgent_id)
)
SELECT (SELECT max(urgent_id) FROM ingest.urgent WHERE urgent_id >= %(first)s) AS latest,
    (SELECT min(urgent_id) FROM untaken) AS first,
    ARRAY(
        SELECT urgent_id FROM untaken WHERE urgent_id <> ALL (%(put_off)s)
        ORDER BY home_id IN (SELECT home_id FROM untaken WHERE received_at >= %(lately)s) DESC, urgent_id LIMIT %(most)s
    ) AS next;

-- take_in --
-- Claims one reading or finding; no row where somebody else did.
INSERT INTO alerts.taken_in (source, source_id, at, would_have_been_at, as_of, over_at)
VALUES (%(source)s, %(source_id)s, %(now)s, %(would_have_been_at)s, %(as_of)s, %(over_at)s)
ON CONFLICT DO NOTHING
RETURNING source_id;

-- set_taken_in_alert --
-- Says which alert a reading or finding went into.
UPDATE alerts.taken_in SET alert_id = %(alert_id)s WHERE source = %(source)s AND source_id = %(source_id)s;

-- open_or_join --
-- Opens an alert, or joins the open one of the same home, family and kind. What was withdrawn and happens again is not
-- withdrawn any more.
INSERT INTO alerts.alert (organisation_id, home_id, person_id, family, kind, severity, happened_at, opened_at, updated_at,
                          explanation_it, explanation_en, coverage, evidence, policy, escalates_at, unregistered)
VALUES (%(organisation_id)s, %(home_id)s, %(person_id)s, %(family)s, %(kind)s, %(severity)s, %(happened_at)s, %(now)s, %(now)s,
        %(explanation_it)s, %(explanation_en)s, %(coverage)s, %(evidence)s, %(policy)s, %(escalates_at)s,
        %(unregistered)s)
ON CONFLICT (home_id, family, kind, unregistered) WHERE state <> 'resolved'
DO UPDATE SET times = alert.times + 1, updated_at = greatest(alert.updated_at, excluded.updated_at),
              severity = greatest(alert.severity, excluded.severity),
              -- Of findings the latest is told, of calls the first: the others are in the history.
              explanation_it = CASE alert.family WHEN 'safety' THEN alert.explanation_it ELSE excluded.explanation_it END,
              explanation_en = CASE alert.family WHEN 'safety' THEN alert.explanation_en ELSE excluded.explanation_en END,
              coverage = excluded.coverage,
              evidence = CASE alert.family WHEN 'safety' THEN alert.evidence - 'cancelled_at' ELSE excluded.evidence END
RETURNING alert_id, state, times, policy, step, taken_by, taken_by_name;

-- open_alert_of --
-- The open alert of a home, family and kind, locked.
SELECT alert_id, organisation_id, state FROM alerts.alert
WHERE home_id = %(home_id)s AND family = %(family)s AND kind = %(kind)s AND unregistered = %(unregistered)s
    AND state <> 'resolved'
FOR UPDATE;

-- heard_already --
-- The alert into which the same call went as another gateway heard it: two that hear one press stamp it each by its own clock.
SELECT taken_in.alert_id FROM ingest.urgent AS other
JOIN alerts.taken_in ON taken_in.source = 'urgent' AND taken_in.source_id = other.urgent_id
WHERE other.series_id = %(series_id)s AND other.ts BETWEEN %(ts)s - %(within)s AND %(ts)s + %(within)s
    AND other.value <> 0 AND other.urgent_id <> %(urgent_id)s AND other.heard_by IS DISTINCT FROM %(heard_by)s
ORDER BY taken_in.alert_id NULLS LAST LIMIT 1;

-- mark_cancelled_at_button --
-- Notes in an alert that it was withdrawn in the home.
UPDATE alerts.alert
SET evidence = evidence || jsonb_build_object('cancelled_at', to_char(%(at)s::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"+00:00"')),
    updated_at = greatest(updated_at, %(now)s)
WHERE alert_id = %(alert_id)s;

-- begin_round --
-- Lets the escalation of an alert that nobody has taken begin anew.
UPDATE alerts.alert SET round = round + 1, step = 0, escalates_at = %(escalates_at)s
WHERE alert_id = %(alert_id)s AND state = 'new';

-- call_again --
-- Gives an alert that somebody has in charge back to everybody: a new call came in.
UPDATE alerts.alert
SET state = 'new', taken_by = NULL, taken_by_name = '', taken_at = NULL, round = round + 1, step = 0,
    escalates_at = %(escalates_at)s
WHERE alert_id = %(alert_id)s AND state = 'in_charge';

-- add_cause --
-- Notes that a sensor raised an alert, and when it last did.
INSERT INTO alerts.cause AS known (alert_id, series_id, raised_at) VALUES (%(alert_id)s, %(series_id)s, %(at)s)
ON CONFLICT (alert_id, series_id) DO UPDATE SET raised_at = greatest(known.raised_at, excluded.raised_at);

-- clear_cause --
-- Notes that what a sensor raised is over; a row where that ends the whole cause of the alert, which was not over before.
WITH cleared AS (
    UPDATE alerts.cause SET cleared_at = %(at)s
    WHERE alert_id = %(alert_id)s AND series_id = %(series_id)s AND raised_at < %(at)s
        AND (cleared_at IS NULL OR cleared_at <= raised_at)
    RETURNING series_id
)
SELECT series_id FROM cleared
WHERE NOT EXISTS (
    SELECT FROM alerts.cause
    WHERE alert_id = %(alert_id)s AND series_id IS DISTINCT FROM %(series_id)s
        AND (cleared_at IS NULL OR cleared_at <= raised_at)
);

-- add_history --
-- Writes down what happened to an alert.
INSERT INTO alerts.history (organisation_id, alert_id, at, account_id, account_name, action, from_state, to_state, outcome, note, detail)
VALUES (%(organisation_id)s, %(alert_id)s, %(at)s, %(account_id)s, %(account_name)s, %(action)s, %(from_state)s, %(to_state)s,
        %(outcome)s, %(note)s, %(detail)s);

-- due_escalation --
-- The most pressing escalation that is due, locked; one that another worker carries out is left to it. What happened lately does not
-- wait for what had been stored for long.
SELECT alert_id, organisation_id, home_id, person_id, family, kind, round, step, policy, group_of FROM alerts.alert
WHERE escalates_at <= %(now)s AND state = 'new'
ORDER BY family = 'safety' DESC, happened_at < %(lately)s, escalates_at LIMIT 1
FOR UPDATE SKIP LOCKED;

-- set_step --
-- Moves an escalation on to its next step.
UPDATE alerts.alert SET step = %(step)s, escalates_at = %(escalates_at)s WHERE alert_id = %(alert_id)s;

-- push_escalation_ahead --
-- Puts an escalation off that could not be carried out, so that it does not hold up the others.
UPDATE alerts.alert SET escalates_at = %(until)s
WHERE alert_id = %(alert_id)s AND state = 'new' AND escalates_at < %(until)s;

-- add_notification --
-- Notes that somebody is to be told; nobody is twice for the same step, nor while an earlier message is still on its way.
INSERT INTO alerts.notification (organisation_id, alert_id, round, step, channel, account_id, contact_id, address, language,
                                 due_at, first_due_at, others, falls_back_at)
SELECT %(organisation_id)s, %(alert_id)s, %(round)s, %(step)s, %(channel)s, %(account_id)s, %(contact_id)s, %(address)s,
       %(language)s, %(due_at)s, %(due_at)s, %(others)s, %(falls_back_at)s
WHERE NOT EXISTS (
    SELECT FROM alerts.notification
    WHERE alert_id = %(alert_id)s AND channel = %(channel)s AND address = %(address)s AND state = 'due' AND purpose = 'call'
)
ON CONFLICT DO NOTHING;

-- hold_alert --
-- Keeps an alert as it is until the end of the transaction.
SELECT state, taken_by FROM alerts.alert WHERE alert_id = %(alert_id)s FOR SHARE;

-- claim_notification --
-- Leases the most pressing notification that is due. A lease that was never given back means an attempt without an answer.
-- Where another way was put beside one, that is tried first: else both might go out at once. What happened lately does not wait for
-- what had been stored for long.
WITH due AS (
    SELECT notification.notification_id
    FROM alerts.notification JOIN alerts.alert USING (alert_id)
    WHERE notification.state = 'due' AND notification.due_at <= %(now)s
        AND (notification.leased_until IS NULL OR notification.leased_until <= %(now)s)
        AND (alert.family = 'safety' OR NOT %(safety_only)s)
        AND NOT EXISTS (
            SELECT FROM alerts.notification AS later
            WHERE later.alert_id = notification.alert_id AND later.round = notification.round
                AND later.step = notification.step AND later.notification_id > notification.notification_id
                AND (later.account_id = notification.account_id OR later.contact_id = notification.contact_id)
                AND later.state = 'due' AND (later.last_error = '' OR later.leased_until > %(now)s)
        )
    ORDER BY alert.family = 'safety' DESC, alert.happened_at < %(lately)s, notification.due_at LIMIT 1
    FOR UPDATE OF notification SKIP LOCKED
)
UPDATE alerts.notification
SET leased_until = %(leased_until)s, attempts = attempts + 1, uncertain = uncertain OR leased_until IS NOT NULL
FROM due, alerts.alert
WHERE notification.notification_id = due.notification_id AND alert.alert_id = notification.alert_id
RETURNING notification.notification_id, notification.public_id, notification.alert_id, notification.channel, notification.address,
    notification.language, notification.attempts, notification.uncertain, notification.round, notification.step,
    notification.account_id, notification.contact_id, coalesce(notification.first_due_at, notification.due_at) AS first_due_at, notification.purpose,
    alert.public_id AS alert_public_id, alert.family, alert.kind, alert.home_id, alert.person_id, alert.happened_at, alert.opened_at,
    alert.explanation_it, alert.explanation_en, alert.policy;

-- still_wanted --
-- Whether a leased notification is still to be sent: nobody has taken charge (of a reminder: they still are; of a summary: there is
-- something left in it), the lease is still ours, a contact may know of it now, and the person has not been told of this step by another
-- way.
SELECT FROM alerts.notification JOIN alerts.alert USING (alert_id)
WHERE notification.notification_id = %(notification_id)s AND notification.attempts = %(attempts)s
    AND notification.state = 'due' AND CASE purpose
        WHEN 'call' THEN alert.state = 'new'
        WHEN 'reminder' THEN alert.state = 'in_charge' AND alert.taken_by = notification.account_id
        ELSE true
    END
    AND (notification.contact_id IS NULL OR registry.contact_may_know(notification.contact_id, alert.family, %(now)s))
    AND NOT EXISTS (
        SELECT FROM alerts.notification AS other
        WHERE other.alert_id = notification.alert_id AND other.round = notification.round
            AND other.step = notification.step AND other.state = 'sent'
            AND (other.account_id = notification.account_id OR other.contact_id = notification.contact_id)
    );

-- renew_lease --
-- Keeps a notification that is being sent from being taken over.
UPDATE alerts.notification SET leased_until = %(leased_until)s
WHERE notification_id = %(notification_id)s AND attempts = %(attempts)s AND state = 'due';

-- mark_sent --
-- Writes down that the channel accepted a message, also where it was called off at the same moment; the other ways by which
-- the person was to be told of this step are called off.
WITH sent AS (
    UPDATE alerts.notification
    SET state = 'sent', sent_at = %(now)s, leased_until = NULL, last_error = %(doubt)s, falls_back_at = NULL,
        provider_id = %(provider_id)s, uncertain = uncertain OR %(doubt)s <> '', called_off_by = NULL
    WHERE notification_id = %(notification_id)s AND state <> 'sent'
        -- The channel may have said already, before this is written, that it did not arrive after all.
        AND undelivered_at IS NULL
    RETURNING notification_id, alert_id, round, step, account_id, contact_id
)
UPDATE alerts.notification AS other SET state = 'cancelled', leased_until = NULL, called_off_by = sent.notification_id
FROM sent
WHERE other.alert_id = sent.alert_id AND other.round = sent.round AND other.step = sent.step AND other.state = 'due'
    AND (other.account_id = sent.account_id OR other.contact_id = sent.contact_id)
    AND other.notification_id <> sent.notification_id;

-- mark_cancelled --
-- Writes down that a message was not needed any more, and by which one, if the person has been told of this step by another way.
UPDATE alerts.notification AS message SET state = 'cancelled', leased_until = NULL, called_off_by = (
    SELECT other.notification_id FROM alerts.notification AS other
    WHERE other.alert_id = message.alert_id AND other.round = message.round AND other.step = message.step AND other.state = 'sent'
        AND (other.account_id = message.account_id OR other.contact_id = message.contact_id)
    ORDER BY other.sent_at LIMIT 1
)
WHERE notification_id = %(notification_id)s AND attempts = %(attempts)s AND state = 'due';

-- mark_retry --
-- Writes down why an attempt failed and when the next one is due.
UPDATE alerts.notification
SET due_at = %(due_at)s, leased_until = NULL, last_error = %(error)s, uncertain = uncertain OR %(uncertain)s
WHERE notification_id = %(notification_id)s AND attempts = %(attempts)s AND state = 'due';

-- mark_failed --
-- Writes down that a message will never be delivered, and why.
UPDATE alerts.notification
SET state = 'failed', leased_until = NULL, last_error = %(error)s, uncertain = uncertain OR %(uncertain)s
WHERE notification_id = %(notification_id)s AND attempts = %(attempts)s AND state = 'due';

-- next_due --
-- When there is something to do next: an escalation, a message, or a lease that ends; null if nothing waits.
SELECT min(at) AS at FROM (
    SELECT min(escalates_at) AS at FROM alerts.alert WHERE escalates_at IS NOT NULL
    UNION ALL
    SELECT min(idle_at) FROM alerts.alert WHERE idle_at IS NOT NULL
    UNION ALL
    SELECT min(greatest(due_at, coalesce(leased_until, due_at))) FROM alerts.notification WHERE state = 'due'
    UNION ALL
    SELECT min(falls_back_at) FROM alerts.notification WHERE state = 'due' AND falls_back_at IS NOT NULL AND attempts > 0
) AS waiting;

-- take_charge --
-- Takes an alert in charge that is new and not news to the viewer; null where it is not so, or not theirs to take.
SELECT alerts.take_charge(%(public_id)s, %(seen_times)s, %(now)s) AS called_off;

-- release --
-- Gives an alert back to the queue; its escalation begins anew.
SELECT alerts.release(%(public_id)s, %(note)s, %(escalates_at)s, %(now)s) AS called_off;

-- findings_of --
-- Which findings went into an alert that the viewer may see.
SELECT DISTINCT (history.detail->>'source_id')::bigint AS finding_id
FROM alerts.history JOIN alerts.alert USING (alert_id)
WHERE alert.public_id = %(public_id)s AND history.action IN ('opened', 'joined') AND history.detail->>'source' = 'finding'
    AND alert.organisation_id IN (SELECT registry.viewer_organisations()) ORDER BY finding_id;

-- reopen --
-- Opens a resolved alert again; its escalation begins anew.
SELECT alerts.reopen(%(public_id)s, %(note)s, %(escalates_at)s, %(now)s) AS called_off;

-- note --
-- Writes a note into the history of an alert.
SELECT alerts.note(%(public_id)s, %(note)s, %(now)s) AS called_off;

-- standing --
-- Where an alert stands, and whether the viewer may act on it.
SELECT home_id, state, times, taken_by, taken_by_name, taken_at, policy, registry.viewer_may_act(organisation_id) AS may_act
FROM alerts.alert
WHERE public_id = %(public_id)s AND organisation_id IN (SELECT registry.viewer_organisations());

-- open_alerts --
-- The open alerts a viewer may see, most pressing first: safety, then those that nobody has taken, severity and age.
SELECT alert_id, public_id, organisation_id, home_id, person_id, family, kind, severity, state, happened_at, opened_at, updated_at,
    times, explanation_it, explanation_en, coverage, evidence, taken_by, taken_by_name, taken_at, resolved_at, outcome, overflow,
    group_of
FROM alerts.alert
WHERE state <> 'resolved' AND organisation_id IN (SELECT registry.viewer_organisations())
ORDER BY array_position(ARRAY['safety', 'wellbeing', 'technical'], family), state = 'in_charge', severity DESC, opened_at, alert_id
LIMIT %(limit)s;

-- pressing_alerts --
-- The open alerts a viewer may see of the homes that need somebody now, or of which one was opened lately; in the same order.
SELECT alert_id, public_id, organisation_id, home_id, person_id, family, kind, severity, state, happened_at, opened_at, updated_at,
    times, explanation_it, explanation_en, coverage, evidence, taken_by, taken_by_name, taken_at, resolved_at, outcome, overflow,
    group_of
FROM alerts.alert
WHERE state <> 'resolved' AND organisation_id IN (SELECT registry.viewer_organisations())
    AND home_id IN (
        SELECT home_id FROM alerts.alert
        WHERE state <> 'resolved'
            AND (family = 'safety' OR family = 'wellbeing' AND severity >= %(severity)s::real OR opened_at >= %(since)s)
    )
ORDER BY array_position(ARRAY['safety', 'wellbeing', 'technical'], family), state = 'in_charge', severity DESC, opened_at, alert_id;

-- alert_by_public_id --
-- One alert, if the viewer may see it.
SELECT alert_id, public_id, organisation_id, home_id, person_id, family, kind, severity, state, happened_at, opened_at, updated_at,
    times, explanation_it, explanation_en, coverage, evidence, taken_by, taken_by_name, taken_at, resolved_at, outcome, overflow,
    group_of
FROM alerts.alert
WHERE public_id = %(public_id)s AND organisation_id IN (SELECT registry.viewer_organisations());

-- alerts_of_home --
-- The latest alerts of a home, newest first.
SELECT alert_id, public_id, organisation_id, home_id, person_id, family, kind, severity, state, happened_at, opened_at, updated_at,
    times, explanation_it, explanation_en, coverage, evidence, taken_by, taken_by_name, taken_at, resolved_at, outcome, overflow,
    group_of
FROM alerts.alert
WHERE home_id = %(home_id)s AND organisation_id IN (SELECT registry.viewer_organisations())
ORDER BY opened_at DESC, alert_id DESC
LIMIT %(limit)s;

-- history_of --
-- What happened to an alert, oldest first.
SELECT at, account_id, account_name, action, from_state, to_state, outcome, note, detail
FROM alerts.history WHERE alert_id = %(alert_id)s AND organisation_id IN (SELECT registry.viewer_organisations()) ORDER BY history_id;

-- escalation_of --
-- How far the escalation of an alert is that nobody has taken, and what was decided when it opened.
SELECT policy, step, escalates_at FROM alerts.alert
WHERE alert_id = %(alert_id)s AND state = 'new' AND organisation_id IN (SELECT registry.viewer_organisations());

-- told_of --
-- Who has been told of an alert, or is about to be, by name; also in a message about several, and that somebody has taken charge.
SELECT name, channel, purpose, state, at, last_error, delivered_at, read_at FROM alerts.told_of(%(alert_id)s);

-- group_with --
-- The other open alerts of the same home that are told together with this one, as far as the viewer may see them.
SELECT other.public_id, other.family, other.kind FROM alerts.alert AS one
JOIN alerts.alert AS other ON coalesce(other.group_of, other.alert_id) = coalesce(one.group_of, one.alert_id)
WHERE one.alert_id = %(alert_id)s AND other.alert_id <> one.alert_id AND other.state <> 'resolved'
    AND other.organisation_id IN (SELECT registry.viewer_organisations())
ORDER BY other.alert_id;

-- counts --
-- How many open alerts the viewer may see, by family and state.
SELECT family, state, count(*)::int AS alerts FROM alerts.alert
WHERE state <> 'resolved' AND organisation_id IN (SELECT registry.viewer_organisations()) GROUP BY family, state;

-- waiting --
-- How many homes that the viewer may see have an alert that nobody has taken: of safety, or of wellbeing and so severe or more.
SELECT count(DISTINCT home_id)::int AS homes FROM alerts.alert
WHERE state = 'new' AND (family = 'safety' OR family = 'wellbeing' AND severity >= %(severity)s::real)
    AND organisation_id IN (SELECT registry.viewer_organisations());

-- unnotified --
-- How many alerts that nobody has taken the viewer may see of which no message of this round went out or is on its way.
SELECT count(*)::int AS alerts FROM alerts.alert
WHERE state = 'new' AND step > 0 AND organisation_id IN (SELECT registry.viewer_organisations())
    AND NOT EXISTS (
        SELECT FROM alerts.notification
        WHERE notification.alert_id = alert.alert_id AND notification.round = alert.round
            AND (notification.state = 'sent' OR (notification.state = 'due' AND notification.last_error = ''))
    )
    -- What is told in a summary is told.
    AND NOT EXISTS (
        SELECT FROM alerts.summarised JOIN alerts.notification USING (notification_id)
        WHERE summarised.alert_id = alert.alert_id
            AND (notification.state = 'sent' OR (notification.state = 'due' AND notification.last_error = ''))
    );

-- status --
-- How the alerts stand as a whole, but for test calls: counts, since when the oldest message waits that should have gone out, and since when
-- the oldest urgent reading or finding, not older than it is looked for, waits to be taken in.
SELECT
    (SELECT count(*)::int FROM alerts.alert WHERE state = 'new' AND organisation_id NOT IN (SELECT registry.canaries())) AS new,
    (SELECT count(*)::int FROM alerts.alert WHERE state = 'in_charge') AS in_charge,
    (SELECT count(*)::int FROM alerts.notification WHERE state = 'due' AND channel <> 'canary') AS due,
    (SELECT min(due_at) FROM alerts.notification WHERE state = 'due' AND due_at <= %(now)s) AS oldest_due,
    (SELECT count(*)::int FROM alerts.notification WHERE state = 'failed' AND channel <> 'canary') AS failed,
    least(
        (SELECT min(received_at) FROM ingest.urgent
         WHERE received_at >= %(looked_for)s
             AND NOT EXISTS (SELECT FROM alerts.taken_in WHERE source = 'urgent' AND source_id = urgent_id)),
        (SELECT min(updated_at) FROM analytics.finding
         WHERE updated_at >= %(looked_for)s AND withdrawn_at IS NULL AND NOT trial
             AND NOT EXISTS (SELECT FROM alerts.taken_in WHERE source = 'finding' AND source_id = finding_id))
    ) AS oldest_untaken;

-- shared_alerts --
-- Alerts that are shared with the viewer: those that are open, and those that ended since an instant.
SELECT * FROM alerts.shared_alerts(%(now)s, %(since)s);

-- shared_reasons --
-- How pressing what is open is, for whoever may know how the day goes.
SELECT * FROM alerts.shared_reasons(%(now)s);
