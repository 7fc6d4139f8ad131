-- rules_at --
-- What was set last of each rule for an organisation or a home that the viewer sees, from the top down.
SELECT rule, mode, fields, is_own FROM analytics.rules_at(%(organisation_id)s, %(home_id)s);

-- rule_history --
-- What was set of a rule at one place that the viewer sees, the latest first.
SELECT set_at, set_by_name, mode, fields, reason FROM analytics.rule_history(%(organisation_id)s, %(home_id)s, %(rule)s);

-- set_rule --
-- Sets a rule as the viewer.
SELECT analytics.set_rule(%(organisation_id)s, %(home_id)s, %(rule)s, %(mode)s, %(fields)s, %(reason)s, %(tells_changes)s, %(now)s)
    AS done;

-- ask_preview --
-- Has worked out what a setting would have told, as the viewer.
SELECT analytics.ask_preview(%(organisation_id)s, %(home_id)s, %(rule)s, %(mode)s, %(fields)s, %(days)s, %(now)s) AS public_id;

-- seen_preview --
-- A preview that the viewer may see, and how many of its homes are done.
SELECT preview_id, public_id, organisation_id, home_id, rule, mode, fields, days, asked_at,
    (SELECT count(*)::int FROM analytics.previewed_home WHERE previewed_home.preview_id = preview.preview_id) AS homes,
    (SELECT count(*)::int FROM analytics.previewed_home WHERE previewed_home.preview_id = preview.preview_id
         AND done_at IS NOT NULL) AS homes_done,
    (SELECT count(*)::int FROM analytics.previewed_home WHERE previewed_home.preview_id = preview.preview_id
         AND failed) AS homes_failed
FROM analytics.preview WHERE public_id = %(public_id)s;

-- seen_previewed_homes --
-- What came of a preview in each home that is done.
SELECT home_id, told_as_set, told_as_wished FROM analytics.previewed_home
WHERE preview_id = %(preview_id)s AND done_at IS NOT NULL AND NOT failed ORDER BY home_id;

-- told_by_day --
-- When what was told of some kinds since an instant began, in the homes of an organisation and below it, or in one.
SELECT home_id, kind, started_at, trial FROM analytics.finding
WHERE kind = ANY (%(kinds)s::text[]) AND withdrawn_at IS NULL AND started_at >= %(since)s AND started_at < %(until)s
    AND (%(homes)s::int[] IS NULL OR home_id = ANY (%(homes)s::int[]))
ORDER BY started_at;

-- take_home --
-- Takes a home of which something is still to be worked out, the longest asked for first; one that another works on is left to it.
SELECT previewed_home.preview_id, previewed_home.home_id, preview.organisation_id AS set_for_organisation,
    preview.home_id AS set_for_home, preview.rule, preview.mode, preview.fields, preview.days, preview.asked_at
FROM analytics.previewed_home JOIN analytics.preview USING (preview_id)
WHERE previewed_home.done_at IS NULL
ORDER BY preview.asked_at, previewed_home.home_id LIMIT 1
FOR UPDATE OF previewed_home SKIP LOCKED;

-- put_home --
-- Notes what would have been told in a home, or that it could not be worked out.
UPDATE analytics.previewed_home
SET told_as_set = %(as_set)s, told_as_wished = %(as_wished)s, failed = %(failed)s, done_at = %(now)s
WHERE preview_id = %(preview_id)s AND home_id = %(home_id)s;

-- anything_left --
-- Whether anything is still to be worked out.
SELECT EXISTS (SELECT FROM analytics.previewed_home WHERE done_at IS NULL) AS left;
