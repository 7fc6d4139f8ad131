-- Which class was last gone through for what is too old, in which night, and from when on it is kept.
CREATE TABLE alerts.retention (
    class           text PRIMARY KEY,
    night           date NOT NULL,
    kept_from       timestamptz NOT NULL
);
CREATE INDEX alert_closed ON alerts.alert (resolved_at) WHERE state = 'resolved';
