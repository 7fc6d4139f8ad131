-- What people do with policies. Whoever answers for people reads what holds for them, also where an organisation above has decided it;
-- coordinators of an organisation decide for it. They write through these functions alone.
SELECT registry.protect('alerts.policy_draft', 'care');
SELECT registry.protect('alerts.tried_alert', 'life');

GRANT SELECT, INSERT, UPDATE, DELETE ON alerts.policy_draft, alerts.tried_alert TO vicino_service;
GRANT SELECT ON alerts.policy_draft, alerts.tried_alert TO vicino_people, vicino_views;
REVOKE INSERT, UPDATE, DELETE ON alerts.policy_draft, alerts.tried_alert FROM vicino_people;

CREATE OR REPLACE FUNCTION alerts.viewer_may_decide(wanted int) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM registry.viewer_roles() WHERE organisation_id = wanted AND role = 'coordinator')
$$;

-- The policies that hold at an organisation, its own and those of the ones above it: the first that fits counts.
CREATE OR REPLACE FUNCTION alerts.policies_at(wanted int)
RETURNS TABLE (policy_id int, organisation text, family text, kind text, version int, plan jsonb, since timestamptz, is_own boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT organisation_id, parent_id, name, 0 AS distance FROM registry.organisation
        WHERE organisation_id = wanted AND organisation_id IN (SELECT registry.viewer_organisations('care'))
        UNION ALL
        SELECT parent.organisation_id, parent.parent_id, parent.name, above.distance + 1
        FROM registry.organisation parent JOIN above ON parent.organisation_id = above.parent_id
    )
    SELECT policy.policy_id, above.name, policy.family, policy.kind, policy.version, policy.plan, policy.since, distance = 0
    FROM alerts.policy JOIN above USING (organisation_id) WHERE policy.until IS NULL
    ORDER BY distance, policy.family, policy.kind DESC
$$;

-- All versions of a policy of one organisation, the latest first: who put it into force and who ended it.
CREATE OR REPLACE FUNCTION alerts.policy_history(wanted int, of_family text, of_kind text)
RETURNS TABLE (version int, plan jsonb, since timestamptz, until timestamptz, set_by_name text, reason text, ended_by_name text,
               ended_reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT policy.version, policy.plan, policy.since, policy.until, coalesce(setter.name, ''), policy.reason, coalesce(ender.name, ''),
        policy.ended_reason
    FROM alerts.policy
        LEFT JOIN registry.account setter ON setter.account_id = policy.set_by
        LEFT JOIN registry.account ender ON ender.account_id = policy.ended_by
    WHERE policy.organisation_id = wanted AND policy.family = of_family AND policy.kind = of_kind
        AND policy.organisation_id IN (SELECT registry.viewer_organisations('care'))
    ORDER BY policy.version DESC
$$;

-- Whom a policy of an organisation may name, for those who see it: rotas, accounts and associations of the organisation and those above it.
CREATE OR REPLACE FUNCTION alerts.policy_choices(wanted int) RETURNS TABLE (what text, key text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT organisation_id, parent_id FROM registry.organisation
        WHERE organisation_id = wanted AND organisation_id IN (SELECT registry.viewer_organisations('care'))
        UNION
        SELECT parent.organisation_id, parent.parent_id
        FROM registry.organisation parent JOIN above ON parent.organisation_id = above.parent_id
    )
    SELECT DISTINCT 'shift', rota.key, rota.key FROM alerts.rota JOIN above USING (organisation_id) WHERE rota.until IS NULL
    UNION ALL
    SELECT DISTINCT 'person', account.login, account.name
    FROM above JOIN registry.membership USING (organisation_id) JOIN registry.account USING (account_id)
    WHERE account.active AND registry.sees(membership.role, 'care')
    UNION ALL
    SELECT 'association', organisation.key, organisation.name FROM registry.organisation
    WHERE organisation.kind = 'association' AND EXISTS (SELECT FROM above)
        AND (organisation.parent_id IS NULL OR organisation.parent_id IN (SELECT above.organisation_id FROM above))
    ORDER BY 1, 3
$$;

-- Has worked out what a draft would have come to; what the viewer asked for before is not waited for any more, and what is a week old is
-- forgotten. Of very many alerts the latest are tried. Returns null where the viewer may not decide.
CREATE OR REPLACE FUNCTION alerts.ask_draft(wanted int, of_family text, of_kind text, said_plan jsonb, over_days int, most int,
                                            acted_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made alerts.policy_draft;
BEGIN
    IF NOT alerts.viewer_may_decide(wanted) THEN
        RETURN NULL;
    END IF;
    DELETE FROM alerts.policy_draft
    WHERE asked_at < acted_at - interval '7 days' OR (asked_by = registry.viewer_account() AND EXISTS (
        SELECT FROM alerts.tried_alert WHERE tried_alert.draft_id = policy_draft.draft_id AND tried_at IS NULL
    ));
    INSERT INTO alerts.policy_draft (organisation_id, family, kind, plan, made_from, days, asked_by, asked_at)
    VALUES (wanted, of_family, of_kind, said_plan, (
        SELECT policy_id FROM alerts.policy
        WHERE organisation_id = wanted AND family = of_family AND kind = of_kind AND until IS NULL
    ), over_days, registry.viewer_account(), acted_at)
    RETURNING * INTO made;
    INSERT INTO alerts.tried_alert (draft_id, alert_id, organisation_id, home_id)
    WITH RECURSIVE below AS (
        SELECT organisation_id FROM registry.organisation WHERE organisation_id = wanted
        UNION
        SELECT child.organisation_id FROM registry.organisation child JOIN below ON child.parent_id = below.organisation_id
    )
    SELECT made.draft_id, alert.alert_id, alert.organisation_id, alert.home_id FROM alerts.alert JOIN below USING (organisation_id)
    WHERE alert.family = of_family AND of_kind IN ('', alert.kind) AND alert.opened_at >= acted_at - make_interval(days => over_days)
        AND alert.organisation_id NOT IN (SELECT registry.canaries())
    ORDER BY alert.opened_at DESC LIMIT most;
    PERFORM pg_notify('vicino_notification', '');
    RETURN made.public_id;
END
$$;

-- Who is named in what was worked out of a draft.
CREATE OR REPLACE FUNCTION alerts.told_in_draft(wanted uuid) RETURNS TABLE (account_id int, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT account.account_id, account.name
    FROM alerts.policy_draft draft JOIN alerts.tried_alert tried USING (draft_id)
        JOIN registry.account ON account.account_id = ANY (tried.accounts)
    WHERE draft.public_id = wanted AND draft.organisation_id IN (SELECT registry.viewer_organisations('care'))
$$;

-- Puts a draft into force and removes it. 'not_yours': there is none that the viewer may decide; 'waits': it is not worked out;
-- 'changed': another policy holds by now than the one that it was made from.
CREATE OR REPLACE FUNCTION alerts.put_draft(wanted uuid, said_reason text, acted_at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    draft alerts.policy_draft;
    held  int;
BEGIN
    -- As whoever loads a file.
    PERFORM pg_advisory_xact_lock(hashtext('alerts.policy'));
    SELECT * INTO draft FROM alerts.policy_draft WHERE public_id = wanted FOR UPDATE;
    IF draft.draft_id IS NULL OR NOT alerts.viewer_may_decide(draft.organisation_id) THEN
        RETURN 'not_yours';
    END IF;
    IF draft.failed OR EXISTS (SELECT FROM alerts.tried_alert WHERE draft_id = draft.draft_id AND tried_at IS NULL) THEN
        RETURN 'waits';
    END IF;
    SELECT policy_id INTO held FROM alerts.policy
    WHERE organisation_id = draft.organisation_id AND family = draft.family AND kind = draft.kind AND until IS NULL;
    IF held IS DISTINCT FROM draft.made_from THEN
        RETURN 'changed';
    END IF;
    UPDATE alerts.policy SET until = acted_at, ended_by = registry.viewer_account(), ended_reason = said_reason WHERE policy_id = held;
    IF draft.plan IS NOT NULL THEN
        INSERT INTO alerts.policy (organisation_id, family, kind, version, plan, since, set_by, reason)
        SELECT draft.organisation_id, draft.family, draft.kind, 1 + coalesce(max(version), 0), draft.plan, acted_at,
            registry.viewer_account(), said_reason
        FROM alerts.policy
        WHERE organisation_id = draft.organisation_id AND family = draft.family AND kind = draft.kind;
    END IF;
    DELETE FROM alerts.policy_draft WHERE draft_id = draft.draft_id;
    RETURN 'done';
END
$$;

REVOKE ALL ON FUNCTION alerts.viewer_may_decide(int), alerts.policies_at(int), alerts.policy_history(int, text, text),
    alerts.policy_choices(int), alerts.ask_draft(int, text, text, jsonb, int, int, timestamptz), alerts.told_in_draft(uuid),
    alerts.put_draft(uuid, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.viewer_may_decide(int), alerts.policies_at(int), alerts.policy_history(int, text, text),
    alerts.policy_choices(int), alerts.ask_draft(int, text, text, jsonb, int, int, timestamptz), alerts.told_in_draft(uuid),
    alerts.put_draft(uuid, text, timestamptz) TO vicino_people;
