-- Why alerts end as they do, in words that can be counted; each goes with one outcome.
CREATE TABLE alerts.reason (
    reason          text PRIMARY KEY,
    outcome         text NOT NULL,
    UNIQUE (reason, outcome)
);
INSERT INTO alerts.reason VALUES
    ('phone', 'true'), ('went', 'true'), ('emergency', 'true'),
    ('mistake', 'false'), ('trial', 'false'), ('sensor', 'false'), ('pet', 'false'),
    ('carer', 'explained'), ('visitor', 'explained'), ('away', 'explained'), ('works', 'explained'),
    ('unreached', 'unclear');
ALTER TABLE alerts.alert ADD COLUMN reason text;
ALTER TABLE alerts.alert ADD CONSTRAINT reason_of_outcome FOREIGN KEY (reason, outcome) REFERENCES alerts.reason (reason, outcome);
ALTER TABLE alerts.alert ADD CONSTRAINT reason_with_outcome CHECK (reason IS NULL OR outcome IS NOT NULL);
