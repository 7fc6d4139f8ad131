SELECT registry.protect('registry.study', 'people');
SELECT registry.protect('registry.study_member', 'people');
GRANT SELECT, INSERT, UPDATE, DELETE ON registry.study, registry.study_arm, registry.study_member TO vicino_service;
GRANT SELECT ON registry.study, registry.study_member TO vicino_people;

-- The organisations whose studies the viewer evaluates: those in which they are a researcher, and those below.
CREATE OR REPLACE FUNCTION registry.viewer_researches() RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT organisation_id FROM registry.viewer_roles() WHERE role = 'researcher'
$$;
REVOKE ALL ON FUNCTION registry.viewer_researches() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.viewer_researches() TO vicino_people;
