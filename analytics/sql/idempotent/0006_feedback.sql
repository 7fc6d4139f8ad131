SELECT registry.protect('analytics.outcome', 'life');

GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.outcome TO vicino_service;
GRANT SELECT ON analytics.outcome TO vicino_people, vicino_views;

-- Notes how the viewer judged findings and why, in place of what was noted of them before. Returns how many these are: those that
-- the viewer answers for.
DROP FUNCTION IF EXISTS analytics.judge_findings(bigint[], uuid, text, timestamptz);
CREATE OR REPLACE FUNCTION analytics.judge_findings(wanted bigint[], together uuid, said text, because text, acted_at timestamptz)
RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    noted int;
BEGIN
    INSERT INTO analytics.outcome (finding_id, organisation_id, home_id, judged_as, outcome, reason, detector, kind, domain, pace,
                                   account_id, account_name, at)
    SELECT finding_id, finding.organisation_id, home_id, together, said, because, detector, kind, evidence->>'domain', evidence->>'pace',
           account_id, account.name, acted_at
    FROM analytics.finding CROSS JOIN registry.account
    WHERE finding_id = ANY (wanted) AND registry.viewer_may_act(finding.organisation_id)
        AND account_id = registry.viewer_account()
    ON CONFLICT (finding_id) DO UPDATE
    SET judged_as = excluded.judged_as, outcome = excluded.outcome, reason = excluded.reason, detector = excluded.detector, domain = excluded.domain,
        pace = excluded.pace, account_id = excluded.account_id, account_name = excluded.account_name, at = excluded.at;
    GET DIAGNOSTICS noted = ROW_COUNT;
    RETURN noted;
END
$$;

-- Takes back what was judged together. Returns how many findings these were.
CREATE OR REPLACE FUNCTION analytics.unjudge_findings(together uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    forgotten int;
BEGIN
    DELETE FROM analytics.outcome WHERE judged_as = together AND registry.viewer_may_act(organisation_id);
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;

REVOKE ALL ON FUNCTION analytics.judge_findings(bigint[], uuid, text, text, timestamptz), analytics.unjudge_findings(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analytics.judge_findings(bigint[], uuid, text, text, timestamptz), analytics.unjudge_findings(uuid)
    TO vicino_people;

SELECT registry.protect('analytics.preview', 'care');
SELECT registry.protect('analytics.previewed_home', 'life');

GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.preview, analytics.previewed_home TO vicino_service;
GRANT SELECT ON analytics.preview, analytics.previewed_home TO vicino_people, vicino_views;
