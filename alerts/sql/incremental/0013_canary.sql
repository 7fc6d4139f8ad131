-- Test calls through the whole chain. `sent_at` is the time of the reading that calls, to the millisecond, and names it.
CREATE TABLE alerts.canary (
    sent_at         timestamptz PRIMARY KEY,
    arrived_at      timestamptz,
    missed_at       timestamptz
);
