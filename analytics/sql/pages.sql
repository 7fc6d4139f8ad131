-- page_of_findings --
-- A part of the findings that hold and that a viewer may see, the latest first.
SELECT finding_id, home_id, person_id, family, kind, severity, started_at, ended_at, found_at, coverage, detector,
       explanation_it, explanation_en, evidence, trial
FROM analytics.finding
WHERE withdrawn_at IS NULL AND (%(before)s::bigint IS NULL OR finding_id < %(before)s)
    AND (%(home_id)s::int IS NULL OR home_id = %(home_id)s)
    AND (%(end)s::timestamptz IS NULL OR started_at < %(end)s) AND (%(start)s::timestamptz IS NULL OR ended_at >= %(start)s)
ORDER BY finding_id DESC LIMIT %(limit)s;
