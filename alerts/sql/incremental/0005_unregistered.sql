-- The call of a device that is registered nowhere may be anybody's: it never joins an alert of the people of the home whose
-- gateway heard it, nor they one of it.
ALTER TABLE alerts.alert ADD COLUMN unregistered boolean NOT NULL DEFAULT false;
DROP INDEX alerts.one_open_alert;
CREATE UNIQUE INDEX one_open_alert ON alerts.alert (home_id, family, kind, unregistered) WHERE state <> 'resolved';
