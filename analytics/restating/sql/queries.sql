-- take_version --
-- Remember that the days which another version computed are due; a row where that was not so yet.
UPDATE analytics.progress SET code_version = %(code_version)s WHERE code_version <> %(code_version)s RETURNING code_version;

-- make_overtaken_due --
-- Make days due of which another version computed something, a home after the other. One that is due already stays so.
INSERT INTO analytics.due_day (home_id, day, since, due_at)
SELECT home_id, day, %(now)s, %(now)s + (dense_rank() OVER (ORDER BY home_id) - 1) * %(pause)s::interval
FROM (
    SELECT DISTINCT home_id, day FROM analytics.indicator WHERE day >= %(first)s AND code_version <> %(code_version)s
) AS overtaken
ORDER BY home_id, day
ON CONFLICT (home_id, day) DO NOTHING;
