-- Homes to which an operator with a caseload is called, although they are not in it: an alert is open there, or something was done about
-- one in the last day. So no alert stays unseen because of a caseload, and whoever is called sees all that is needed. The day counts back
-- from when alerts were last worked on: where that stands still, homes stay open rather than close.
CREATE OR REPLACE FUNCTION alerts.viewer_called_to() RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT home_id FROM alerts.alert
    WHERE registry.viewer_has_caseload() AND organisation_id IN (SELECT registry.viewer_organisations('life'))
        AND (state <> 'resolved'
             OR updated_at > coalesce((SELECT at - interval '1 day' FROM alerts.heartbeat WHERE part = 'alerts'), '-infinity'))
$$;
REVOKE ALL ON FUNCTION alerts.viewer_called_to() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.viewer_called_to() TO vicino_people, vicino_views;

-- It holds wherever a caseload does: for each table whose rule asks for it (registry.protect).
DO $$
DECLARE
    relation regclass;
BEGIN
    FOR relation IN SELECT DISTINCT polrelid FROM pg_policy WHERE pg_get_expr(polqual, polrelid) LIKE '%viewer_caseload%' LOOP
        EXECUTE format('DROP POLICY IF EXISTS called_to ON %s', relation);
        EXECUTE format('CREATE POLICY called_to ON %s FOR SELECT TO vicino_people, vicino_views'
                       ' USING (home_id IN (SELECT alerts.viewer_called_to()))', relation);
    END LOOP;
END
$$;
