-- A way to a person is called off by the message that was accepted by another, and needed after all where that fails. It was a sentence
-- among the errors that said so.
ALTER TABLE alerts.notification
    ADD COLUMN called_off_by bigint REFERENCES alerts.notification ON DELETE SET NULL,
    ADD CONSTRAINT notification_called_off CHECK (called_off_by IS NULL OR state = 'cancelled');
UPDATE alerts.notification AS other SET called_off_by = sent.notification_id, last_error = ''
FROM alerts.notification AS sent
WHERE other.state = 'cancelled' AND other.last_error = 'another way was accepted' AND sent.state = 'sent'
    AND sent.alert_id = other.alert_id AND sent.round = other.round AND sent.step = other.step AND sent.purpose = other.purpose
    AND (sent.account_id = other.account_id OR sent.contact_id = other.contact_id);
CREATE INDEX notification_called_off_by ON alerts.notification (called_off_by) WHERE called_off_by IS NOT NULL;
-- What nobody has been shown is found from the few alerts that are new: a way may be left of it that stands in another row.
DROP INDEX IF EXISTS alerts.notification_unseen, alerts.notification_in_doubt;
