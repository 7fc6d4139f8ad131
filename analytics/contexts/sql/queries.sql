-- contexts_of_homes --
-- The contexts of some homes that touch an interval, whatever became of them but for what was withdrawn.
SELECT home_id, context_id, public_id, kind, started_at, ended_at, standing, detector, confidence, evidence, updated_at
FROM analytics.context
WHERE home_id = ANY (%(homes)s::int[]) AND standing <> 'withdrawn' AND coalesce(ended_at, 'infinity') > %(start)s
ORDER BY started_at, context_id;

-- put_proposal --
-- Store a proposal. Returns the row.
INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, ended_at, standing, detector, confidence, evidence,
                               why_it, why_en, made_at, updated_at)
VALUES (%(organisation_id)s, %(home_id)s, %(kind)s, %(start)s, %(end)s, 'proposed', %(detector)s, %(confidence)s::real,
        %(evidence)s, %(why_it)s, %(why_en)s, %(now)s, %(now)s)
RETURNING context_id;

-- restate_proposal --
-- Say what has become of a proposal that nobody has answered. Returns it if that is so.
UPDATE analytics.context
SET kind = %(kind)s, started_at = %(start)s, ended_at = %(end)s, confidence = %(confidence)s::real, evidence = %(evidence)s,
    why_it = %(why_it)s, why_en = %(why_en)s, updated_at = %(now)s
WHERE context_id = %(context_id)s AND standing = 'proposed'
RETURNING context_id;

-- end_context --
-- End a context that goes on. Returns it if that is so.
UPDATE analytics.context SET ended_at = %(end)s, updated_at = %(now)s
WHERE context_id = %(context_id)s AND ended_at IS NULL AND standing IN ('entered', 'confirmed') AND started_at < %(end)s
RETURNING context_id;

-- withdraw_proposal --
-- Take back a proposal that nobody has answered. Returns it if that is so.
UPDATE analytics.context SET standing = 'withdrawn', updated_at = %(now)s
WHERE context_id = %(context_id)s AND standing = 'proposed'
RETURNING context_id;

-- note_context --
-- Write down how a context stands after what the system did with it.
SELECT analytics.note_context(context, %(action)s, %(now)s) FROM analytics.context WHERE context_id = %(context_id)s;

-- judge_again --
-- Have a home judged again from an instant on.
SELECT analytics.judge_again(%(home_id)s, %(since)s, %(now)s);

-- is_due --
-- Whether a home is to be judged again because of its contexts.
SELECT since FROM analytics.context_due WHERE home_id = %(home_id)s AND due_at <= %(now)s;

-- take_due --
-- From which instant on a home is to be judged again because of its contexts; it is not due any more then.
DELETE FROM analytics.context_due WHERE home_id = %(home_id)s AND due_at <= %(now)s RETURNING since;

-- put_traces --
-- Store the traces of days; unchanged ones stay untouched.
INSERT INTO analytics.day_traces (organisation_id, home_id, day, traces, code_version)
SELECT %(organisation_id)s, %(home_id)s, day, traces::jsonb, %(code_version)s
FROM unnest(%(days)s::date[], %(traces)s::text[]) AS made (day, traces)
ON CONFLICT (home_id, day) DO UPDATE SET traces = excluded.traces, code_version = excluded.code_version
WHERE (day_traces.traces, day_traces.code_version) IS DISTINCT FROM (excluded.traces, excluded.code_version);

-- traces_of_home --
-- The traces of a home's days.
SELECT day, traces::text AS traces FROM analytics.day_traces
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s ORDER BY day;

-- put_silenced --
-- Store what would have been told but for a context.
INSERT INTO analytics.silenced (organisation_id, home_id, kind, day, context_kind, at)
SELECT %(organisation_id)s, %(home_id)s, kind, day, context_kind, %(now)s
FROM unnest(%(kinds)s::text[], %(days)s::date[], %(contexts)s::text[]) AS made (kind, day, context_kind)
ON CONFLICT (home_id, kind, day) DO UPDATE SET context_kind = excluded.context_kind, at = excluded.at
WHERE silenced.context_kind <> excluded.context_kind;

-- delete_silenced --
-- Forget what was kept back of some kinds from one day to another and is not any more.
DELETE FROM analytics.silenced
WHERE home_id = %(home_id)s AND kind = ANY (%(judged)s::text[]) AND day >= %(first)s AND day <= %(last)s
    AND (kind, day) NOT IN (SELECT * FROM unnest(%(kinds)s::text[], %(days)s::date[]));

-- looked_at --
-- When homes were last looked at for contexts.
SELECT home_id, looked_at FROM analytics.context_look WHERE home_id = ANY (%(homes)s::int[]);

-- take_look --
-- Note that a home is looked at for contexts now. Returns it unless that was done lately.
INSERT INTO analytics.context_look (home_id, looked_at) VALUES (%(home_id)s, %(now)s)
ON CONFLICT (home_id) DO UPDATE SET looked_at = excluded.looked_at WHERE context_look.looked_at <= %(unless_since)s
RETURNING home_id;

-- enter_context --
-- Enter a context as the viewer.
SELECT analytics.enter_context(%(home)s, %(kind)s, %(start)s, %(end)s, %(note)s, %(now)s) AS public_id;

-- answer_context --
-- Confirm a proposal, perhaps as another kind, or refuse it (NULL), as the viewer.
SELECT analytics.answer_context(%(context)s, %(kind)s, %(now)s) AS public_id;

-- correct_context --
-- Correct a context, or take it back, as the viewer.
SELECT analytics.correct_context(%(context)s, %(kind)s, %(start)s, %(end)s, %(note)s, %(action)s, %(standing)s, %(now)s)
    AS public_id;

-- seen_contexts --
-- The contexts of the homes that the viewer may see which touch an interval, but for what was withdrawn; pauses with them,
-- which nobody changes here.
SELECT public_id, home_id, kind, started_at, ended_at, standing, detector, confidence, evidence, why_it, why_en, note, made_at,
       updated_at, registry.viewer_may_act(organisation_id) AS may_act
FROM analytics.context
WHERE (home_id = ANY (%(homes)s::int[]) OR %(homes)s::int[] IS NULL) AND standing <> 'withdrawn'
    AND coalesce(ended_at, 'infinity') > %(start)s AND started_at < %(end)s
UNION ALL
SELECT md5(concat_ws(' ', home_id, reason, started_at))::uuid, home_id, 'paused', started_at, ended_at, 'entered', '', 1, '{}', '', '',
       '', started_at, started_at, false
FROM registry.unwatched
WHERE (home_id = ANY (%(homes)s::int[]) OR %(homes)s::int[] IS NULL)
    AND coalesce(ended_at, 'infinity') > %(start)s AND started_at < %(end)s
ORDER BY home_id, started_at DESC, public_id;

-- seen_context --
-- One context that the viewer may see.
SELECT public_id, home_id, kind, started_at, ended_at, standing, detector, confidence, evidence, why_it, why_en, note, made_at,
       updated_at, registry.viewer_may_act(organisation_id) AS may_act
FROM analytics.context WHERE public_id = %(public_id)s;

-- seen_context_history --
-- What became of the contexts of a home, as the viewer may see it.
SELECT context.public_id, history.at, history.account_name, history.action, history.kind, history.standing, history.started_at,
       history.ended_at
FROM analytics.context_history AS history JOIN analytics.context USING (context_id)
WHERE history.home_id = %(home_id)s ORDER BY history.at, history_id;

-- seen_silenced --
-- What would have been told of a home but for a context, as the viewer may see it.
SELECT kind, day, context_kind FROM analytics.silenced
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s ORDER BY day, kind;

-- silenced --
-- How many findings are kept back by contexts, by kind of context.
SELECT context_kind, count(*)::int AS findings FROM analytics.silenced GROUP BY context_kind;

-- seen_may_act --
-- Whether the viewer answers for the people of a home.
SELECT home_id FROM registry.home WHERE home_id = %(home_id)s AND registry.viewer_may_act(organisation_id);

-- all_contexts --
-- The contexts of all homes, but for what was withdrawn.
SELECT home_id, public_id, kind, started_at, ended_at, standing, detector, confidence, why_en, note
FROM analytics.context WHERE standing <> 'withdrawn' ORDER BY home_id, started_at, context_id;

-- wellbeing_findings --
-- The findings about the person of a home that hold and reach beyond an instant.
SELECT kind, started_at, ended_at FROM analytics.finding
WHERE home_id = %(home_id)s AND family = 'wellbeing' AND withdrawn_at IS NULL AND ended_at > %(since)s;
