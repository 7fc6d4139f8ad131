-- What people do with the contexts of a home. They write through these functions alone, which decide who may, lock the context,
-- note who it was and have the home judged again. Each returns the context, or null where there is none for the viewer or it
-- does not stand so.
CREATE OR REPLACE FUNCTION analytics.note_context(changed analytics.context, acted text, acted_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO analytics.context_history (organisation_id, home_id, context_id, at, account_id, account_name, action, kind,
                                           standing, started_at, ended_at, note)
    SELECT changed.organisation_id, changed.home_id, changed.context_id, acted_at, registry.viewer_account(),
           coalesce((SELECT name FROM registry.account WHERE account_id = registry.viewer_account()), ''), acted, changed.kind,
           changed.standing, changed.started_at, changed.ended_at, changed.note
$$;

CREATE OR REPLACE FUNCTION analytics.judge_again(wanted int, since_when timestamptz, acted_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO analytics.context_due (home_id, since, due_at) VALUES (wanted, since_when, acted_at)
    ON CONFLICT (home_id) DO UPDATE
    SET since = least(context_due.since, excluded.since), due_at = least(context_due.due_at, excluded.due_at);
    SELECT pg_notify('vicino_touched', '')
$$;

CREATE OR REPLACE FUNCTION analytics.context_for_viewer(wanted uuid) RETURNS analytics.context
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT context FROM analytics.context
    WHERE public_id = wanted AND registry.viewer_may_act(organisation_id)
        AND home_id IN (SELECT cared.home_id FROM registry.cared_home AS cared)
    FOR UPDATE
$$;

CREATE OR REPLACE FUNCTION analytics.enter_context(wanted_home uuid, said_kind text, from_when timestamptz, to_when timestamptz,
                                                   said text, acted_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    lives registry.home;
    made  analytics.context;
BEGIN
    SELECT * INTO lives FROM registry.home
    WHERE public_id = wanted_home AND registry.viewer_may_act(organisation_id)
        AND home_id IN (SELECT cared.home_id FROM registry.cared_home AS cared) FOR UPDATE;
    IF lives.home_id IS NULL THEN
        RETURN NULL;
    END IF;
    -- A telephone that sends it twice enters it once.
    SELECT * INTO made FROM analytics.context
    WHERE home_id = lives.home_id AND kind = said_kind AND started_at = from_when AND ended_at IS NOT DISTINCT FROM to_when
        AND standing IN ('entered', 'confirmed');
    IF made.context_id IS NOT NULL THEN
        RETURN made.public_id;
    END IF;
    INSERT INTO analytics.context (organisation_id, home_id, kind, started_at, ended_at, standing, note, made_at, updated_at)
    VALUES (lives.organisation_id, lives.home_id, said_kind, from_when, to_when, 'entered', said, acted_at, acted_at)
    RETURNING * INTO made;
    PERFORM analytics.note_context(made, 'entered', acted_at);
    PERFORM analytics.judge_again(made.home_id, made.started_at, acted_at);
    RETURN made.public_id;
END
$$;

-- Answers a question of the system: that it is so (perhaps of another kind), or that it is not.
CREATE OR REPLACE FUNCTION analytics.answer_context(wanted uuid, said_kind text, acted_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before analytics.context := analytics.context_for_viewer(wanted);
    made   analytics.context;
BEGIN
    IF before.context_id IS NULL OR before.standing NOT IN ('proposed', 'confirmed', 'refused') OR before.detector = '' THEN
        RETURN NULL;
    END IF;
    UPDATE analytics.context
    SET standing = CASE WHEN said_kind IS NULL THEN 'refused' ELSE 'confirmed' END, kind = coalesce(said_kind, kind),
        updated_at = acted_at
    WHERE context_id = before.context_id
    RETURNING * INTO made;
    PERFORM analytics.note_context(made, made.standing, acted_at);
    PERFORM analytics.judge_again(made.home_id, made.started_at, acted_at);
    RETURN made.public_id;
END
$$;

-- Corrects a context that stands, or takes an entry back (`standing_then`).
CREATE OR REPLACE FUNCTION analytics.correct_context(wanted uuid, said_kind text, from_when timestamptz, to_when timestamptz,
                                                     said text, acted text, standing_then text, acted_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before analytics.context := analytics.context_for_viewer(wanted);
    made   analytics.context;
BEGIN
    IF before.context_id IS NULL OR before.standing NOT IN ('proposed', 'entered', 'confirmed') THEN
        RETURN NULL;
    END IF;
    UPDATE analytics.context
    SET kind = said_kind, started_at = from_when, ended_at = to_when, note = said, updated_at = acted_at,
        standing = coalesce(standing_then, CASE WHEN before.standing = 'proposed' THEN 'confirmed' ELSE before.standing END)
    WHERE context_id = before.context_id
    RETURNING * INTO made;
    PERFORM analytics.note_context(made, acted, acted_at);
    PERFORM analytics.judge_again(made.home_id, least(made.started_at, before.started_at), acted_at);
    RETURN made.public_id;
END
$$;

REVOKE ALL ON FUNCTION analytics.note_context(analytics.context, text, timestamptz),
    analytics.judge_again(int, timestamptz, timestamptz), analytics.context_for_viewer(uuid),
    analytics.enter_context(uuid, text, timestamptz, timestamptz, text, timestamptz),
    analytics.answer_context(uuid, text, timestamptz),
    analytics.correct_context(uuid, text, timestamptz, timestamptz, text, text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analytics.enter_context(uuid, text, timestamptz, timestamptz, text, timestamptz),
    analytics.answer_context(uuid, text, timestamptz),
    analytics.correct_context(uuid, text, timestamptz, timestamptz, text, text, text, timestamptz) TO vicino_people;
GRANT EXECUTE ON FUNCTION analytics.note_context(analytics.context, text, timestamptz),
    analytics.judge_again(int, timestamptz, timestamptz) TO vicino_service;
