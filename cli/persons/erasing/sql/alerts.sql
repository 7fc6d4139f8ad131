-- erase_alerts_reply --
-- Answers by the links of messages.
DELETE FROM alerts.reply WHERE notification_id = ANY (%(notifications)s) OR alert_id = ANY (%(alerts)s)

-- erase_alerts_summarised --
-- Of which alerts a message was.
DELETE FROM alerts.summarised WHERE notification_id = ANY (%(notifications)s) OR alert_id = ANY (%(alerts)s)

-- erase_alerts_news --
-- News to family and others.
DELETE FROM alerts.news
WHERE home_id = ANY (%(homes)s) OR alert_id = ANY (%(alerts)s) OR contact_id = ANY (%(contacts)s) OR account_id = ANY (%(accounts)s)

-- erase_alerts_notification --
-- Messages, with the addresses to which they went.
DELETE FROM alerts.notification WHERE notification_id = ANY (%(notifications)s)

-- detach_alerts_shift_handover --
-- What was written about several alerts, where one of them goes.
UPDATE alerts.shift_handover SET note = '-' WHERE note <> '-' AND shift_handover_id IN (
    SELECT shift_handover_id FROM alerts.shift_handover_alert WHERE alert_id = ANY (%(alerts)s))

-- erase_alerts_tried_alert --
-- Who would have been told by a draft of a policy.
DELETE FROM alerts.tried_alert WHERE home_id = ANY (%(homes)s) OR alert_id = ANY (%(alerts)s)

-- erase_alerts_shift_handover_alert --
-- Which alerts were handed over with a shift.
DELETE FROM alerts.shift_handover_alert WHERE alert_id = ANY (%(alerts)s)

-- erase_alerts_handover --
-- Tasks of volunteers.
DELETE FROM alerts.handover WHERE alert_id = ANY (%(alerts)s)

-- erase_alerts_cause --
-- Which sensors raised an alert.
DELETE FROM alerts.cause WHERE alert_id = ANY (%(alerts)s)

-- erase_alerts_taken_in --
-- Which readings and findings that go have been taken in.
DELETE FROM alerts.taken_in WHERE (source = 'finding' AND source_id = ANY (%(findings)s))
    OR (source = 'urgent' AND source_id IN (SELECT urgent_id FROM ingest.urgent WHERE home_id = ANY (%(homes)s)))

-- detach_alerts_taken_in --
-- A call of a home that stays is not taken in once more, as if it were new: that would call people for nothing.
UPDATE alerts.taken_in SET alert_id = NULL WHERE alert_id = ANY (%(alerts)s)

-- erase_alerts_history --
-- What was done about alerts, with notes.
DELETE FROM alerts.history WHERE alert_id = ANY (%(alerts)s)

-- detach_alerts_history --
-- What is left of the home's: without names of accounts that go, and without the person's in notes.
UPDATE alerts.history SET note = replace(note, %(name)s, '-'),
    account_name = CASE WHEN account_id = ANY (%(accounts)s) THEN '' ELSE account_name END
WHERE (account_id = ANY (%(accounts)s) AND account_name <> '') OR (position(%(name)s IN note) > 0
    AND alert_id IN (SELECT alert_id FROM alerts.alert WHERE home_id = %(home)s))

-- detach_alerts_alert --
-- Alerts of somebody else that were grouped under one that goes, or that an account took which goes.
UPDATE alerts.alert SET group_of = CASE WHEN group_of = ANY (%(alerts)s) THEN NULL ELSE group_of END,
    taken_by_name = CASE WHEN taken_by = ANY (%(accounts)s) THEN '' ELSE taken_by_name END
WHERE NOT alert_id = ANY (%(alerts)s)
    AND (group_of = ANY (%(alerts)s) OR (taken_by = ANY (%(accounts)s) AND taken_by_name <> ''))

-- erase_alerts_alert --
-- Alerts, with their texts and evidence.
DELETE FROM alerts.alert WHERE alert_id = ANY (%(alerts)s)

-- erase_alerts_test_alarm --
-- Calls to try the button.
DELETE FROM alerts.test_alarm WHERE home_id = ANY (%(homes)s)

-- erase_alerts_digest --
-- Who wants a message once a day.
DELETE FROM alerts.digest WHERE contact_id = ANY (%(contacts)s)

-- erase_alerts_address --
-- Ways to contacts and accounts.
DELETE FROM alerts.address WHERE contact_id = ANY (%(contacts)s) OR account_id = ANY (%(accounts)s)

-- erase_alerts_push_device --
-- Telephones that show messages.
DELETE FROM alerts.push_device WHERE account_id = ANY (%(accounts)s)

-- erase_alerts_pairing --
-- Codes by which a messenger is connected.
DELETE FROM alerts.pairing WHERE account_id = ANY (%(accounts)s)

-- erase_alerts_trial --
-- Trials of a way.
DELETE FROM alerts.trial WHERE account_id = ANY (%(accounts)s)
