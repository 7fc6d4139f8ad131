-- resolve --
-- Ends an open alert with its outcome and the reason for it, unless there is news of it that the viewer has not seen.
SELECT alerts.resolve_because(%(public_id)s, %(outcome)s, %(reason)s, %(note)s, %(seen_times)s, %(now)s) AS called_off;
