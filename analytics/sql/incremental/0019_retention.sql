-- Which class of what was worked out was last gone through for what is too old, in which night, and from when on it is kept.
CREATE TABLE analytics.retention (
    class           text PRIMARY KEY,
    night           date NOT NULL,
    kept_from       timestamptz NOT NULL
);
