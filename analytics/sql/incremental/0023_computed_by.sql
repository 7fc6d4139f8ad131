-- By which version the days of the last weeks have been made due: another one has them computed again, once.
ALTER TABLE analytics.progress ADD COLUMN code_version text NOT NULL DEFAULT '';
