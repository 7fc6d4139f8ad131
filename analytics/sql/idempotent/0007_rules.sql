-- What people do with rules. They read what holds above them, and write, through these functions alone: whoever sees an
-- organisation may read what its rules are set to, its coordinators set them.
CREATE OR REPLACE FUNCTION analytics.viewer_may_set(wanted int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM registry.viewer_roles() WHERE organisation_id = wanted AND role = 'coordinator')
$$;

-- Whether there is such a place for the viewer who coordinates it: an organisation, or a home of it.
CREATE OR REPLACE FUNCTION analytics.viewer_may_set_at(wanted int, of_home int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT analytics.viewer_may_set(wanted)
        AND (of_home IS NULL OR EXISTS (SELECT FROM registry.home WHERE home_id = of_home AND organisation_id = wanted))
$$;

-- What was set last of each rule for an organisation or a home, from the top down; `is_own` says that it was set right there.
CREATE OR REPLACE FUNCTION analytics.rules_at(wanted int, of_home int)
RETURNS TABLE (rule text, mode text, fields jsonb, is_own boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT organisation_id, parent_id, 0 AS distance FROM registry.organisation
        WHERE organisation_id = wanted AND organisation_id IN (SELECT registry.viewer_organisations('care'))
        UNION ALL
        SELECT parent.organisation_id, parent.parent_id, above.distance + 1
        FROM registry.organisation parent JOIN above ON parent.organisation_id = above.parent_id
    ), set_somewhere AS (
        SELECT DISTINCT ON (above.distance, setting.home_id, setting.rule) setting.rule, setting.mode, setting.fields,
            above.distance, setting.home_id
        FROM analytics.rule_setting setting JOIN above USING (organisation_id)
        WHERE setting.home_id IS NULL OR (setting.home_id = of_home AND above.distance = 0)
        ORDER BY above.distance, setting.home_id, setting.rule, setting.rule_setting_id DESC
    )
    SELECT rule, mode, fields, distance = 0 AND home_id IS NOT DISTINCT FROM of_home
    FROM set_somewhere ORDER BY distance DESC, home_id NULLS FIRST, rule
$$;

-- What was set of a rule at one place, the latest first: by whom, when, why.
CREATE OR REPLACE FUNCTION analytics.rule_history(wanted int, of_home int, of_rule text)
RETURNS TABLE (set_at timestamptz, set_by_name text, mode text, fields jsonb, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT setting.set_at, coalesce(account.name, ''), setting.mode, setting.fields, setting.reason
    FROM analytics.rule_setting setting LEFT JOIN registry.account ON account.account_id = setting.set_by
    WHERE setting.organisation_id = wanted AND setting.home_id IS NOT DISTINCT FROM of_home AND setting.rule = of_rule
        AND setting.organisation_id IN (SELECT registry.viewer_organisations('care'))
    ORDER BY setting.rule_setting_id DESC
$$;

-- The homes for which something is set at a place: one, or those of an organisation and of all below it.
CREATE OR REPLACE FUNCTION analytics.homes_at(wanted int, of_home int) RETURNS TABLE (home_id int, organisation_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE below AS (
        SELECT organisation_id FROM registry.organisation WHERE organisation_id = wanted
        UNION
        SELECT child.organisation_id FROM registry.organisation child JOIN below ON child.parent_id = below.organisation_id
    )
    SELECT home.home_id, home.organisation_id FROM registry.home JOIN below USING (organisation_id)
    WHERE of_home IS NULL OR home.home_id = of_home
$$;

-- Sets a rule. `tells_changes`: of what was told by it before, no figure is new that would have it judged again. Returns
-- whether the viewer may.
CREATE OR REPLACE FUNCTION analytics.set_rule(wanted int, of_home int, of_rule text, said_mode text, said_fields jsonb,
                                              said_reason text, tells_changes boolean, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT analytics.viewer_may_set_at(wanted, of_home) THEN
        RETURN false;
    END IF;
    INSERT INTO analytics.rule_setting (organisation_id, home_id, rule, mode, fields, reason, set_by, set_at)
    VALUES (wanted, of_home, of_rule, said_mode, said_fields, said_reason, registry.viewer_account(), acted_at);
    IF tells_changes THEN
        PERFORM analytics.judge_again(home_id, acted_at, acted_at) FROM analytics.homes_at(wanted, of_home);
    END IF;
    RETURN true;
END
$$;

-- Has worked out what a setting would have told; what the viewer asked for before is not waited for any more, and what is a
-- week old is forgotten. Returns null where the viewer may not set it.
CREATE OR REPLACE FUNCTION analytics.ask_preview(wanted int, of_home int, of_rule text, said_mode text, said_fields jsonb,
                                                 over_days int, acted_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made analytics.preview;
BEGIN
    IF NOT analytics.viewer_may_set_at(wanted, of_home) THEN
        RETURN NULL;
    END IF;
    DELETE FROM analytics.preview
    WHERE asked_at < acted_at - interval '7 days' OR (asked_by = registry.viewer_account() AND EXISTS (
        SELECT FROM analytics.previewed_home WHERE previewed_home.preview_id = preview.preview_id AND done_at IS NULL
    ));
    INSERT INTO analytics.preview (organisation_id, home_id, rule, mode, fields, days, asked_by, asked_at)
    VALUES (wanted, of_home, of_rule, said_mode, said_fields, over_days, registry.viewer_account(), acted_at)
    RETURNING * INTO made;
    INSERT INTO analytics.previewed_home (preview_id, organisation_id, home_id)
    SELECT made.preview_id, organisation_id, home_id FROM analytics.homes_at(wanted, of_home);
    PERFORM pg_notify('vicino_touched', '');
    RETURN made.public_id;
END
$$;

REVOKE ALL ON FUNCTION analytics.viewer_may_set(int), analytics.viewer_may_set_at(int, int), analytics.rules_at(int, int),
    analytics.rule_history(int, int, text), analytics.homes_at(int, int),
    analytics.set_rule(int, int, text, text, jsonb, text, boolean, timestamptz),
    analytics.ask_preview(int, int, text, text, jsonb, int, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analytics.viewer_may_set(int), analytics.rules_at(int, int), analytics.rule_history(int, int, text),
    analytics.set_rule(int, int, text, text, jsonb, text, boolean, timestamptz),
    analytics.ask_preview(int, int, text, text, jsonb, int, timestamptz) TO vicino_people;
