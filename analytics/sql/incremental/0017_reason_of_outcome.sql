-- Why an alert ended as it did, in the word by which alerts call it; null where none was given.
ALTER TABLE analytics.outcome ADD COLUMN reason text CHECK (length(reason) BETWEEN 1 AND 40);
