-- By which channel a contact wants to be told once a day; null: by the first that reaches them.
ALTER TABLE alerts.digest ADD COLUMN channel text REFERENCES alerts.channel;
