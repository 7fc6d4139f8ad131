-- variable_organisation --
-- The organisations to choose from.
SELECT organisation FROM grafana.organisation ORDER BY organisation

-- variable_home --
-- The homes of the organisations that were chosen, by their pseudonym.
SELECT home FROM grafana.home WHERE organisation IN (${organisation:sqlstring}) ORDER BY home
