-- judge_findings --
-- Notes as the viewer how findings that were told together were judged, and why.
SELECT analytics.judge_findings(%(findings)s::bigint[], %(together)s, %(outcome)s, %(reason)s, %(now)s) AS noted;

-- unjudge_findings --
-- Takes back as the viewer what was judged together.
SELECT analytics.unjudge_findings(%(together)s) AS forgotten;

-- judged_at_home --
-- When changes of each strand at a home were judged true or false. What later data have refuted says nothing of a threshold.
SELECT domain, pace, outcome, array_agg(at ORDER BY at) AS times
FROM (
    SELECT DISTINCT ON (judged_as) domain, pace, outcome, at
    FROM analytics.outcome
    WHERE home_id = %(home_id)s AND at >= %(since)s AND domain IS NOT NULL AND pace IS NOT NULL AND outcome IN ('true', 'false')
        AND NOT EXISTS (SELECT FROM analytics.finding WHERE finding.finding_id = outcome.finding_id AND withdrawn_at IS NOT NULL)
    ORDER BY judged_as, finding_id
) AS judged
GROUP BY domain, pace, outcome;

-- judged_elsewhere --
-- How many changes of each strand were judged true or false in the other homes of an organisation, by the month, and its end.
SELECT domain, pace, outcome, ended, count(*)::int AS alerts
FROM (
    SELECT DISTINCT judged_as, domain, pace, outcome, date_trunc('month', at) + interval '1 month' AS ended
    FROM analytics.outcome
    WHERE organisation_id = %(organisation_id)s AND home_id <> %(home_id)s AND at >= %(since)s
        AND domain IS NOT NULL AND pace IS NOT NULL AND outcome IN ('true', 'false')
) AS judged
GROUP BY domain, pace, outcome, ended ORDER BY ended;

-- precision --
-- How many alerts of each kind and detector ended in which way, of some homes or all that may be seen.
SELECT detector, kind, outcome, count(DISTINCT judged_as)::int AS alerts
FROM analytics.outcome
WHERE at >= %(since)s AND at < %(until)s AND (%(homes)s::int[] IS NULL OR home_id = ANY (%(homes)s::int[]))
GROUP BY detector, kind, outcome ORDER BY detector, kind, outcome;

-- reasons --
-- How many alerts of each kind and detector ended in which way for which reason, of some homes or all that may be seen.
SELECT detector, kind, outcome, reason, count(DISTINCT judged_as)::int AS alerts
FROM analytics.outcome
WHERE at >= %(since)s AND at < %(until)s AND (%(homes)s::int[] IS NULL OR home_id = ANY (%(homes)s::int[])) AND reason IS NOT NULL
GROUP BY detector, kind, outcome, reason ORDER BY detector, kind, outcome, alerts DESC, reason;
