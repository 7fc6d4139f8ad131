-- claim --
-- The right to go through a class in a night; nothing where somebody has done so, or does.
INSERT INTO alerts.retention AS done (class, night, kept_from) VALUES (%(class)s, %(night)s, %(before)s)
ON CONFLICT (class) DO UPDATE SET night = excluded.night, kept_from = excluded.kept_from WHERE done.night < excluded.night
RETURNING class

-- too_old --
-- Alerts that were closed before an instant, at most so many.
SELECT alert_id FROM alerts.alert WHERE state = 'resolved' AND resolved_at < %(before)s ORDER BY resolved_at LIMIT %(most)s

-- retire_01_replies --
-- Answers by the links of messages.
DELETE FROM alerts.reply WHERE alert_id = ANY (%(alerts)s)
    OR notification_id IN (SELECT notification_id FROM alerts.notification WHERE alert_id = ANY (%(alerts)s))

-- retire_02_summarised --
-- Of which alerts a message was.
DELETE FROM alerts.summarised WHERE alert_id = ANY (%(alerts)s)
    OR notification_id IN (SELECT notification_id FROM alerts.notification WHERE alert_id = ANY (%(alerts)s))

-- retire_03_notifications --
-- Messages, with the addresses to which they went.
DELETE FROM alerts.notification WHERE alert_id = ANY (%(alerts)s)

-- retire_04_news --
-- News about them.
DELETE FROM alerts.news WHERE alert_id = ANY (%(alerts)s)

-- retire_05_shifts --
-- Which of them were handed over with a shift.
DELETE FROM alerts.shift_handover_alert WHERE alert_id = ANY (%(alerts)s)

-- retire_06_tasks --
-- Tasks of volunteers.
DELETE FROM alerts.handover WHERE alert_id = ANY (%(alerts)s)

-- retire_07_causes --
-- Which sensors raised them.
DELETE FROM alerts.cause WHERE alert_id = ANY (%(alerts)s)

-- forget_history --
-- What was done about them, with notes: only a function may remove it.
SELECT alerts.retire_history(%(alerts)s::bigint[], %(before)s) AS rows

-- forget_alert --
-- What became of a reading or finding; that it has been taken in stays, or it would call people once more.
UPDATE alerts.taken_in SET alert_id = NULL WHERE alert_id = ANY (%(alerts)s)

-- leave_group --
-- Alerts that were grouped under one that goes.
UPDATE alerts.alert SET group_of = NULL WHERE group_of = ANY (%(alerts)s)

-- retire_09_alerts --
-- The alerts.
DELETE FROM alerts.alert WHERE alert_id = ANY (%(alerts)s)

-- left_over_news --
-- News of days, at most so many.
DELETE FROM alerts.news WHERE news_id IN (
    SELECT news_id FROM alerts.news WHERE made_at < %(before)s AND state <> 'due' AND alert_id IS NULL LIMIT %(most)s)

-- left_over_shifts --
-- Hand-overs of shifts none of whose alerts is left, with their notes, at most so many.
DELETE FROM alerts.shift_handover WHERE shift_handover_id IN (
    SELECT shift_handover_id FROM alerts.shift_handover AS old WHERE made_at < %(before)s AND state <> 'offered'
        AND NOT EXISTS (SELECT FROM alerts.shift_handover_alert AS part WHERE part.shift_handover_id = old.shift_handover_id)
    LIMIT %(most)s)

-- left_over_trials --
-- Trials of a way to somebody, at most so many.
DELETE FROM alerts.trial WHERE trial_id IN (SELECT trial_id FROM alerts.trial WHERE asked_at < %(before)s LIMIT %(most)s)
