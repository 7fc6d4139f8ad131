-- cancelled: withdrawn at a button in the home; contact_told: its gateway has told a contact itself.
ALTER TABLE alerts.history DROP CONSTRAINT history_action_check;
ALTER TABLE alerts.history ADD CONSTRAINT history_action_check
    CHECK (action IN ('opened', 'joined', 'cleared', 'taken', 'released', 'resolved', 'reopened', 'noted', 'unanswered', 'withdrawn',
                      'called_again', 'cancelled', 'contact_told'));
