-- progress_for_update --
-- How far the touched hours have been worked through; held until the end of the transaction.
SELECT xact::text::bigint AS xact, touched_id FROM analytics.progress FOR UPDATE;

-- set_progress --
-- Remember up to which touched hour all is in due_day.
UPDATE analytics.progress SET xact = %(xact)s::text::xid8, touched_id = %(touched_id)s;

-- make_due --
-- Days of homes to compute, each at a time; one that is due already keeps the earlier time. A day that was never computed
-- is due at `first` if that is given and earlier.
INSERT INTO analytics.due_day (home_id, day, since, due_at)
SELECT home_id, day, %(now)s,
       CASE WHEN EXISTS (SELECT FROM analytics.rhythm WHERE rhythm.home_id = wanted.home_id AND rhythm.day = wanted.day)
            THEN due_at ELSE least(due_at, %(first)s::timestamptz) END
FROM unnest(%(homes)s::int[], %(days)s::date[], %(due)s::timestamptz[]) AS wanted (home_id, day, due_at)
ORDER BY home_id, day
ON CONFLICT (home_id, day) DO UPDATE SET due_at = excluded.due_at WHERE due_day.due_at > excluded.due_at;

-- calendar --
-- Up to which local day each home has been put into due_day.
SELECT home_id, day FROM analytics.calendar;

-- set_calendar --
-- Remember up to which local day homes have been put into due_day.
INSERT INTO analytics.calendar (home_id, day)
SELECT home_id, day FROM unnest(%(homes)s::int[], %(days)s::date[]) AS done (home_id, day)
ORDER BY home_id
ON CONFLICT (home_id) DO UPDATE SET day = excluded.day WHERE calendar.day < excluded.day;

-- due_homes --
-- The homes that have a day due, whose devices are due to be looked at, or whose contexts have changed, the one that waits longest first.
SELECT home_id FROM (
    SELECT home_id, due_at FROM analytics.due_day WHERE due_at <= %(now)s
    UNION ALL SELECT home_id, due_at FROM analytics.silence_due WHERE due_at <= %(now)s
    UNION ALL SELECT home_id, due_at FROM analytics.context_due WHERE due_at <= %(now)s
) AS due
GROUP BY home_id ORDER BY min(due_at), home_id;

-- due_of_homes --
-- What is due of the homes from one number to another, as for one home, the one that waits longest first.
SELECT home_id, bool_or(what = 'look') AS look, bool_or(what = 'context') AS context, bool_or(what = 'days') AS days FROM (
    SELECT home_id, due_at, 'days' AS what FROM analytics.due_day
    WHERE due_at <= %(now)s AND home_id >= %(first)s AND home_id <= %(last)s
    UNION ALL
    SELECT home_id, due_at, 'look' FROM analytics.silence_due
    WHERE due_at <= %(now)s AND home_id >= %(first)s AND home_id <= %(last)s
    UNION ALL
    SELECT home_id, due_at, 'context' FROM analytics.context_due
    WHERE due_at <= %(now)s AND home_id >= %(first)s AND home_id <= %(last)s
) AS due
GROUP BY home_id ORDER BY min(due_at), home_id;

-- next_due --
-- When the next day falls due.
SELECT min(due_at) AS due_at FROM analytics.due_day;

-- try_homes --
-- Take the right to compute some homes until the end of the transaction; of each whether nobody else has it.
SELECT home_id, pg_try_advisory_xact_lock(hashtext('analytics.due_day'), home_id) AS mine
FROM unnest(%(homes)s::int[]) AS wanted (home_id);

-- claim_days_of_homes --
-- The days of some homes that are due, held until the end of the transaction: touched meanwhile, they become due again.
SELECT home_id, day FROM analytics.due_day
WHERE home_id = ANY (%(homes)s::int[]) AND due_at <= %(now)s
ORDER BY home_id, day
FOR UPDATE;

-- due_of_home --
-- What of one home is due: a look at its devices, to judge it again for its contexts, some of its days.
SELECT EXISTS (SELECT FROM analytics.silence_due WHERE home_id = %(home_id)s AND due_at <= %(now)s) AS look,
       EXISTS (SELECT FROM analytics.context_due WHERE home_id = %(home_id)s AND due_at <= %(now)s) AS context,
       EXISTS (SELECT FROM analytics.due_day WHERE home_id = %(home_id)s AND due_at <= %(now)s) AS days;

-- try_home --
-- Take the right to compute one home until the end of the transaction, if nobody has it.
SELECT pg_try_advisory_xact_lock(hashtext('analytics.due_day'), %(home_id)s) AS mine;

-- take_home --
-- Take the right to compute one home until the end of the transaction, after whoever has it.
SELECT pg_advisory_xact_lock(hashtext('analytics.due_day'), %(home_id)s);

-- claim_days --
-- The days of a home that are due, held until the end of the transaction: touched meanwhile, they become due again.
SELECT day FROM analytics.due_day
WHERE home_id = %(home_id)s AND due_at <= %(now)s
ORDER BY day
LIMIT %(at_most)s
FOR UPDATE;

-- finish_days --
-- Days of homes of which all moments are over are not due any more.
DELETE FROM analytics.due_day USING unnest(%(homes)s::int[], %(days)s::date[]) AS over (home_id, day)
WHERE due_day.home_id = over.home_id AND due_day.day = over.day;

-- due_again --
-- Days of homes that are not over are due again at their next moments.
UPDATE analytics.due_day SET due_at = wanted.due_at
FROM unnest(%(homes)s::int[], %(days)s::date[], %(due)s::timestamptz[]) AS wanted (home_id, day, due_at)
WHERE due_day.home_id = wanted.home_id AND due_day.day = wanted.day;

-- postpone_home --
-- Push the due days of a home ahead, so that one that cannot be computed does not stop the others.
UPDATE analytics.due_day SET due_at = %(due)s WHERE home_id = %(home_id)s AND due_at <= %(now)s;

-- rhythms --
-- How a home spoke on the days of an interval, and on the day after it.
SELECT day, readings, first_at, last_at, longest_gap_s FROM analytics.rhythm
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s ORDER BY day;

-- last_spoken --
-- When a home last spoke on a day before the given one.
SELECT max(last_at) AS last_at FROM analytics.rhythm WHERE home_id = %(home_id)s AND day < %(day)s;

-- device_rhythms --
-- When the devices of a home spoke on the days before `last`: from `first` on, and of one that has been silent for longer
-- on as many days before it last spoke.
SELECT day, device_id, reports, first_at, last_at, longest_gap_s, usual_gap_s
FROM analytics.device_rhythm
JOIN (
    SELECT device_id, max(day) AS spoke FROM analytics.device_rhythm
    WHERE home_id = %(home_id)s AND day < %(last)s GROUP BY device_id
) AS latest USING (device_id)
WHERE home_id = %(home_id)s AND day < %(last)s AND first_at IS NOT NULL
    AND day >= least(%(first)s::date, spoke - (%(last)s::date - %(first)s::date))
ORDER BY day;

-- put_rhythms --
-- Store how a home spoke, its silences by the hour as the text of an array; unchanged rows stay untouched.
INSERT INTO analytics.rhythm (home_id, day, readings, first_at, last_at, longest_gap_s)
SELECT %(home_id)s, day, readings, first_at, last_at, longest_gap_s::float8[]::real[]
FROM unnest(%(days)s::date[], %(readings)s::int[], %(firsts)s::timestamptz[], %(lasts)s::timestamptz[], %(longest)s::text[])
    AS made (day, readings, first_at, last_at, longest_gap_s)
ON CONFLICT (home_id, day) DO UPDATE
SET readings = excluded.readings, first_at = excluded.first_at, last_at = excluded.last_at, longest_gap_s = excluded.longest_gap_s
WHERE (rhythm.readings, rhythm.first_at, rhythm.last_at, rhythm.longest_gap_s)
    IS DISTINCT FROM (excluded.readings, excluded.first_at, excluded.last_at, excluded.longest_gap_s);

-- put_device_rhythms --
-- Store when devices spoke; unchanged rows stay untouched.
INSERT INTO analytics.device_rhythm (home_id, device_id, day, reports, first_at, last_at, longest_gap_s, usual_gap_s)
SELECT %(home_id)s, made.*
FROM unnest(%(devices)s::int[], %(days)s::date[], %(reports)s::int[], %(firsts)s::timestamptz[], %(lasts)s::timestamptz[],
            %(longest)s::real[], %(usual)s::real[]) AS made
ON CONFLICT (home_id, device_id, day) DO UPDATE
SET reports = excluded.reports, first_at = excluded.first_at, last_at = excluded.last_at,
    longest_gap_s = excluded.longest_gap_s, usual_gap_s = excluded.usual_gap_s
WHERE (device_rhythm.reports, device_rhythm.first_at, device_rhythm.last_at, device_rhythm.longest_gap_s, device_rhythm.usual_gap_s)
    IS DISTINCT FROM (excluded.reports, excluded.first_at, excluded.last_at, excluded.longest_gap_s, excluded.usual_gap_s);

-- episodes_of_home --
-- The episodes of a home that touch an interval.
SELECT episode_id, room_id, kind, started_at, ended_at, readings, code_version FROM analytics.episode
WHERE home_id = %(home_id)s AND started_at < %(end)s AND ended_at >= %(start)s
    AND started_at >= %(start)s::timestamptz - interval '2 days' AND (%(kind)s::text IS NULL OR kind = %(kind)s)
ORDER BY started_at, kind, episode_id;

-- seen_stays --
-- Where somebody was, in rooms or out of the home (-1), in an interval, as columns in PostgreSQL's binary format of an array.
SELECT array_send(array_agg(room)) AS room_id, array_send(array_agg(started_at)) AS started_at,
       array_send(array_agg(ended_at)) AS ended_at
FROM (
    SELECT CASE kind WHEN 'outing' THEN -1 ELSE room_id END AS room, started_at, ended_at FROM analytics.episode
    WHERE home_id = %(home_id)s AND started_at < %(end)s AND ended_at >= %(start)s
        AND started_at >= %(start)s::timestamptz - interval '2 days'
        AND (kind = 'outing' OR kind = 'presence' AND room_id IS NOT NULL)
    ORDER BY started_at
) AS stay;

-- seen_hourly_activity --
-- The minutes with movement in each hour of a home's days, 24 a day, NULL where too little is known.
SELECT day, value FROM analytics.hourly
WHERE home_id = %(home_id)s AND kind = 'activity' AND day >= %(first)s AND day <= %(last)s;

-- indicator_history --
-- Some indicators of homes on the days of an interval, each as columns in PostgreSQL's binary format of an array. Days are
-- counted as Python does, from the first of the year 1.
SELECT home_id, kind, array_send(array_agg(day - date '0001-01-01' + 1 ORDER BY day)) AS days,
       array_send(array_agg(coalesce(value, 'NaN') ORDER BY day)) AS value,
       array_send(array_agg(coverage ORDER BY day)) AS coverage
FROM analytics.indicator
WHERE home_id = ANY (%(homes)s::int[]) AND kind = ANY (%(kinds)s::text[]) AND day >= %(first)s AND day <= %(last)s
GROUP BY home_id, kind ORDER BY kind;

-- put_indicators --
-- Store indicators; unchanged rows stay untouched. Returns the days of those that changed.
INSERT INTO analytics.indicator (organisation_id, home_id, kind, day, value, unit, coverage, readings, code_version, computed_at)
SELECT %(organisation_id)s, %(home_id)s, kind, day, value, unit, coverage, readings, %(code_version)s, %(now)s
FROM unnest(%(kinds)s::text[], %(days)s::date[], %(values)s::float8[], %(units)s::text[], %(coverages)s::real[], %(readings)s::int[])
    AS made (kind, day, value, unit, coverage, readings)
ON CONFLICT (home_id, kind, day) DO UPDATE
SET value = excluded.value, unit = excluded.unit, coverage = excluded.coverage, readings = excluded.readings,
    code_version = excluded.code_version, computed_at = excluded.computed_at
WHERE (indicator.value, indicator.unit, indicator.coverage, indicator.readings, indicator.code_version)
    IS DISTINCT FROM (excluded.value, excluded.unit, excluded.coverage, excluded.readings, excluded.code_version)
RETURNING kind, day;

-- put_baselines --
-- Store usual ranges; unchanged rows stay untouched.
INSERT INTO analytics.baseline (organisation_id, home_id, kind, day, median, spread, low, high, days)
SELECT %(organisation_id)s, %(home_id)s, kind, day, median, spread, low, high, known
FROM unnest(%(kinds)s::text[], %(days)s::date[], %(medians)s::float8[], %(spreads)s::float8[], %(lows)s::float8[],
            %(highs)s::float8[], %(known)s::int[]) AS made (kind, day, median, spread, low, high, known)
ON CONFLICT (home_id, kind, day) DO UPDATE
SET median = excluded.median, spread = excluded.spread, low = excluded.low, high = excluded.high, days = excluded.days
WHERE (baseline.median, baseline.spread, baseline.low, baseline.high, baseline.days)
    IS DISTINCT FROM (excluded.median, excluded.spread, excluded.low, excluded.high, excluded.days);

-- delete_baselines --
-- Remove usual ranges of days for which too little is known now.
DELETE FROM analytics.baseline USING unnest(%(kinds)s::text[], %(days)s::date[]) AS gone (kind, day)
WHERE baseline.home_id = %(home_id)s AND baseline.kind = gone.kind AND baseline.day = gone.day;

-- technical_findings --
-- What is known of a home's silences from some instant on, to tell it again with what was known before.
SELECT started_at, ended_at, evidence FROM analytics.finding
WHERE home_id = %(home_id)s AND kind = %(kind)s AND withdrawn_at IS NULL AND ended_at >= %(start)s;

-- told_of_homes --
-- Of each kind of finding that is told of some homes and holds, when the latest begins and until when one lasts; a row without
-- kind of a home of which something is kept back for a context.
SELECT home_id, kind, max(started_at) AS started_at, max(ended_at) AS ended_at
FROM analytics.finding WHERE home_id = ANY (%(homes)s::int[]) AND withdrawn_at IS NULL GROUP BY home_id, kind
UNION ALL
SELECT DISTINCT home_id, NULL, NULL::timestamptz, NULL::timestamptz FROM analytics.silenced WHERE home_id = ANY (%(homes)s::int[]);

-- put_finding --
-- Store a finding, or what has become of it; an unchanged one stays untouched. Returns its id if anything changed.
INSERT INTO analytics.finding (organisation_id, home_id, person_id, family, kind, subject, severity, started_at, ended_at, found_at,
                               updated_at, coverage, detector, detector_version, explanation_it, explanation_en, evidence, trial)
VALUES (%(organisation_id)s, %(home_id)s, %(person_id)s, %(family)s, %(kind)s, %(subject)s, %(severity)s::real, %(started_at)s, %(ended_at)s,
        %(now)s, %(now)s, %(coverage)s::real, %(detector)s, %(detector_version)s, %(explanation_it)s, %(explanation_en)s, %(evidence)s,
        %(trial)s)
ON CONFLICT (home_id, kind, subject, started_at) DO UPDATE
SET severity = excluded.severity, ended_at = excluded.ended_at, updated_at = excluded.updated_at, coverage = excluded.coverage,
    detector = excluded.detector, detector_version = excluded.detector_version, explanation_it = excluded.explanation_it,
    explanation_en = excluded.explanation_en, evidence = excluded.evidence, trial = excluded.trial, withdrawn_at = NULL,
    withdrawn_for = ''
WHERE (finding.severity, finding.ended_at, finding.coverage, finding.detector, finding.detector_version,
       finding.explanation_it, finding.explanation_en, finding.evidence, finding.trial, finding.withdrawn_at)
    IS DISTINCT FROM (excluded.severity, excluded.ended_at, excluded.coverage, excluded.detector, excluded.detector_version,
                      excluded.explanation_it, excluded.explanation_en, excluded.evidence, excluded.trial, NULL)
RETURNING finding_id;

-- withdraw_findings --
-- Withdraw the findings of one kind about an interval that do not hold any more. Returns their ids.
UPDATE analytics.finding SET withdrawn_at = %(now)s, updated_at = %(now)s, withdrawn_for = %(because)s
WHERE home_id = %(home_id)s AND kind = %(kind)s AND withdrawn_at IS NULL
    AND started_at >= %(start)s AND started_at < %(end)s AND NOT started_at = ANY (%(held)s::timestamptz[])
RETURNING finding_id;

-- withdraw_kinds --
-- Withdraw the findings of several kinds about an interval that do not hold any more. Returns their ids.
UPDATE analytics.finding SET withdrawn_at = %(now)s, updated_at = %(now)s, withdrawn_for = ''
WHERE home_id = %(home_id)s AND kind = ANY (%(kinds)s::text[]) AND withdrawn_at IS NULL
    AND started_at >= %(start)s AND started_at < %(end)s
    AND (kind, started_at) NOT IN (SELECT * FROM unnest(%(held)s::text[], %(starts)s::timestamptz[]))
RETURNING finding_id;

-- withdraw_subject --
-- Withdraw the finding of one kind about one subject that begins at an instant. Returns its id.
UPDATE analytics.finding SET withdrawn_at = %(now)s, updated_at = %(now)s
WHERE home_id = %(home_id)s AND kind = %(kind)s AND subject = %(subject)s AND started_at = %(started_at)s
    AND withdrawn_at IS NULL
RETURNING finding_id;

-- seen_silences --
-- What is silent now in some homes that the viewer may see.
SELECT home_id, subject_kind, subject_id, class, cause, since, confidence, battery
FROM analytics.silence
WHERE home_id = ANY (%(homes)s::int[]) AND ended_at IS NULL AND withdrawn_at IS NULL ORDER BY home_id, since, silence_id;

-- tell_finding --
-- Tell whoever listens that there is something to look for in analytics.finding.
SELECT pg_notify('vicino_finding', '');

-- findings_that_hold --
-- The findings of all homes that touch an interval and still hold, those on trial too.
SELECT finding_id, home_id, person_id, family, kind, severity, started_at, ended_at, found_at, coverage, detector, explanation_it,
       explanation_en, evidence, trial
FROM analytics.finding WHERE withdrawn_at IS NULL AND started_at < %(end)s AND ended_at >= %(start)s
ORDER BY started_at, finding_id;

-- seen_findings --
-- The findings about a home that touch an interval and still hold.
SELECT finding_id, home_id, person_id, family, kind, severity, started_at, ended_at, found_at, coverage, detector,
       explanation_it, explanation_en, evidence, trial
FROM analytics.finding
WHERE home_id = %(home_id)s AND withdrawn_at IS NULL AND started_at < %(end)s AND ended_at >= %(start)s
ORDER BY started_at DESC, finding_id DESC;

-- seen_indicators --
-- The indicators of a home on the days of an interval, with what was usual then (NULL while learning).
SELECT indicator.kind, indicator.day, indicator.value, indicator.unit, indicator.coverage, indicator.readings,
       indicator.computed_at, indicator.code_version, baseline.median, baseline.spread, baseline.low, baseline.high, baseline.days
FROM analytics.indicator LEFT JOIN (
    -- Said again: what is asked of one side of a join by a list or a range is not looked for in the other.
    SELECT home_id, kind, day, median, spread, low, high, days FROM analytics.baseline
    WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s
      AND (%(kinds)s::text[] IS NULL OR kind = ANY (%(kinds)s::text[]))
) AS baseline USING (home_id, kind, day)
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s
  AND (%(kinds)s::text[] IS NULL OR kind = ANY (%(kinds)s::text[]))
ORDER BY kind, day;

-- seen_hourly --
-- The hourly indicators of a home on the days of an interval.
SELECT kind, day, value FROM analytics.hourly
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s
ORDER BY kind, day;

-- seen_latest_coverage --
-- The least coverage of the last indicators of every home that are not older than a day given, by the day that each is of.
SELECT home_id, each.day, each.coverage
FROM analytics.sighted CROSS JOIN LATERAL unnest(sighted.days, sighted.coverage) AS each (day, coverage)
WHERE each.day >= %(first)s AND (%(homes)s::int[] IS NULL OR home_id = ANY (%(homes)s::int[]));

-- lag --
-- How many days of homes are due and since when, and when the oldest touched hour came in that is not in that list yet.
SELECT due.days_due, due.due_since,
       (SELECT next.received_at FROM analytics.progress CROSS JOIN LATERAL (
            SELECT received_at FROM ingest.touched
            WHERE (touched.xact, touched.touched_id) > (progress.xact, progress.touched_id)
            ORDER BY touched.xact, touched.touched_id LIMIT 1
        ) AS next) AS untaken_since
FROM (SELECT count(*) AS days_due, min(due_at) AS due_since FROM analytics.due_day WHERE due_at <= %(now)s) AS due;

-- lock_queue --
-- One process at a time brings the job queue's tables up to date.
SELECT pg_advisory_xact_lock(hashtext('analytics.queue_version'), 0);

-- queue_version --
-- Which version of procrastinate's tables there is.
SELECT version FROM analytics.queue_version;

-- set_queue_version --
-- Remember which version of procrastinate's tables there is.
INSERT INTO analytics.queue_version (version) VALUES (%(version)s) ON CONFLICT (one) DO UPDATE SET version = excluded.version;

-- in_queue_schema --
-- From here to the end of the transaction, unqualified names are those of the job queue.
SELECT set_config('search_path', 'procrastinate', true);

-- shared_days --
-- How days stand, as far as that is shared with the viewer.
SELECT * FROM analytics.shared_days(%(now)s, %(first)s);

-- shared_sight --
-- How much is known of the days that are shared with the viewer.
SELECT * FROM analytics.shared_sight(%(now)s, %(first)s, %(enough)s::real, %(lasting)s::text[], %(learning)s);

-- shared_sleep --
-- The last sleep, as far as that is shared with the viewer.
SELECT * FROM analytics.shared_sleep(%(now)s, %(since)s);

-- shared_outings --
-- Outings since an instant, as far as they are shared with the viewer.
SELECT * FROM analytics.shared_outings(%(now)s, %(since)s);
