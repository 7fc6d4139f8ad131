-- rule_settings --
-- What was set last of each rule for homes of an organisation: at each organisation above them, from the top down, then at
-- the home itself. What is set at organisations has no home.
WITH RECURSIVE above AS (
    SELECT organisation_id, parent_id, 0 AS distance FROM registry.organisation WHERE organisation_id = %(organisation_id)s
    UNION ALL
    SELECT parent.organisation_id, parent.parent_id, above.distance + 1
    FROM registry.organisation parent JOIN above ON parent.organisation_id = above.parent_id
)
SELECT DISTINCT ON (distance, home_first, home_id, rule) home_id, rule, mode, fields
FROM (
    SELECT above.distance, 1 AS home_first, setting.home_id, setting.rule, setting.mode, setting.fields, setting.rule_setting_id
    FROM analytics.rule_setting setting JOIN above USING (organisation_id) WHERE setting.home_id IS NULL
    UNION ALL
    SELECT -1, 2, setting.home_id, setting.rule, setting.mode, setting.fields, setting.rule_setting_id
    FROM analytics.rule_setting setting WHERE setting.home_id = ANY (%(homes)s::int[])
) AS set_somewhere
ORDER BY distance DESC, home_first, home_id, rule, rule_setting_id DESC;

-- put_rule_setting --
-- Set a rule for an organisation or one home.
INSERT INTO analytics.rule_setting (organisation_id, home_id, rule, mode, fields, reason, set_by, set_at)
VALUES (%(organisation_id)s, %(home_id)s, %(rule)s, %(mode)s, %(fields)s, %(reason)s, %(set_by)s, %(now)s);

-- judge_homes_again --
-- Have the homes for which something was set judged again: one, or those of an organisation and of all below it.
WITH RECURSIVE below AS (
    SELECT organisation_id FROM registry.organisation WHERE organisation_id = %(organisation_id)s
    UNION
    SELECT child.organisation_id FROM registry.organisation child JOIN below ON child.parent_id = below.organisation_id
)
SELECT analytics.judge_again(home_id, %(now)s, %(now)s)
FROM registry.home
WHERE home_id = %(home_id)s OR (%(home_id)s::int IS NULL AND organisation_id IN (SELECT organisation_id FROM below));

-- rule_settings_of_all --
-- What was set last of each rule, everywhere.
SELECT DISTINCT ON (organisation_id, home_id, rule) organisation_id, home_id, rule, mode, fields, reason, set_by, set_at
FROM analytics.rule_setting ORDER BY organisation_id, home_id, rule, rule_setting_id DESC;

-- expected_visits --
-- Who is expected at some homes, or was.
SELECT visit_id, home_id, who, weekdays, begins, ends, grace, first_day, last_day
FROM analytics.expected_visit WHERE home_id = ANY (%(homes)s::int[]) ORDER BY visit_id;

-- expected_visits_of_all --
-- Who is expected at any home, or was.
SELECT visit_id, home_id, who, weekdays, begins, ends, grace, first_day, last_day
FROM analytics.expected_visit ORDER BY home_id, visit_id;

-- put_expected_visit --
-- Enter a visit that is expected. Returns its number.
INSERT INTO analytics.expected_visit (organisation_id, home_id, who, weekdays, begins, ends, grace, first_day, last_day,
                                      entered_by, entered_at)
SELECT organisation_id, home_id, %(who)s, %(weekdays)s::smallint[], %(begins)s, %(ends)s, %(grace)s, %(first_day)s, %(last_day)s,
       %(entered_by)s, %(now)s
FROM registry.home WHERE home_id = %(home_id)s
RETURNING visit_id;

-- end_expected_visit --
-- Say until which day a visit was expected. Returns its number.
UPDATE analytics.expected_visit SET last_day = %(last_day)s WHERE visit_id = %(visit_id)s RETURNING visit_id;

-- room_temperatures --
-- The temperatures of the rooms of a home on the days of an interval.
SELECT room_id, day, celsius FROM analytics.room_temperature
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s;

-- put_room_temperatures --
-- Store the temperatures of rooms on some days, each as the text of an array; unchanged ones stay untouched.
INSERT INTO analytics.room_temperature (organisation_id, home_id, room_id, day, celsius)
SELECT %(organisation_id)s, %(home_id)s, room_id, day, celsius::float8[]::real[]
FROM unnest(%(rooms)s::int[], %(days)s::date[], %(celsius)s::text[]) AS made (room_id, day, celsius)
ON CONFLICT (home_id, day, room_id) DO UPDATE SET celsius = excluded.celsius
WHERE room_temperature.celsius IS DISTINCT FROM excluded.celsius;

-- lasting_findings --
-- How far findings of some kinds are known to last that began before an instant and reach beyond it.
SELECT kind, subject, started_at, ended_at FROM analytics.finding
WHERE home_id = %(home_id)s AND kind = ANY (%(kinds)s::text[]) AND withdrawn_at IS NULL AND ended_at > %(end)s
    AND started_at < %(end)s;

-- withdraw_unmet --
-- Withdraw the findings of some kinds that begin in a time for each, but for those that still hold. Returns their numbers.
UPDATE analytics.finding SET withdrawn_at = %(now)s, updated_at = %(now)s
FROM unnest(%(kinds)s::text[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]) AS looked (kind, start, until)
WHERE finding.home_id = %(home_id)s AND finding.kind = looked.kind AND withdrawn_at IS NULL
    AND started_at >= looked.start AND started_at < looked.until
    AND NOT EXISTS (
        SELECT FROM unnest(%(held_kinds)s::text[], %(held_subjects)s::text[], %(held_starts)s::timestamptz[])
            AS held (kind, subject, started_at)
        WHERE held.kind = finding.kind AND held.subject = finding.subject AND held.started_at = finding.started_at
    )
RETURNING finding_id;
