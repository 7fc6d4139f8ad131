-- When a channel said of a message that it did not arrive after all. A sentence among the errors said so, which is for people to read.
ALTER TABLE alerts.notification
    ADD COLUMN undelivered_at timestamptz,
    ADD CONSTRAINT notification_undelivered CHECK (undelivered_at IS NULL OR state = 'failed');
UPDATE alerts.notification SET undelivered_at = due_at WHERE state = 'failed' AND last_error = 'accepted, but not delivered';
