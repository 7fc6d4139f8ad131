-- What a technical finding tells of ends, and with it the alert that nobody has taken: it closes by itself, and says so.
ALTER TABLE alerts.alert DROP CONSTRAINT alert_outcome_check;
ALTER TABLE alerts.alert ADD CONSTRAINT alert_outcome_check
    CHECK (outcome IN ('true', 'false', 'explained', 'unclear') OR (outcome = 'over' AND family = 'technical'));
ALTER TABLE alerts.history DROP CONSTRAINT history_action_check;
ALTER TABLE alerts.history ADD CONSTRAINT history_action_check
    CHECK (action IN ('opened', 'joined', 'cleared', 'taken', 'released', 'resolved', 'reopened', 'noted', 'unanswered',
                      'withdrawn', 'called_again', 'cancelled', 'contact_told', 'over'));
-- As of when a finding was last taken in: what says more of it afterwards is taken in again. And since when it is over.
ALTER TABLE alerts.taken_in ADD COLUMN as_of timestamptz, ADD COLUMN over_at timestamptz;
CREATE INDEX ON alerts.taken_in (alert_id) WHERE source = 'finding';
