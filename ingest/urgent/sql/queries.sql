-- urgent_among --
-- Safety readings by their numbers, whatever any clock says.
SELECT urgent.urgent_id, urgent.series_id, urgent.ts, urgent.value, urgent.received_at,
       urgent.quantity_id, urgent.home_id, home.organisation_id, urgent.standing, urgent.device, urgent.heard_by,
       coalesce(hearer.home_id <> urgent.home_id, false) AS heard_elsewhere,
       CASE WHEN hearer.organisation_id = home.organisation_id THEN hearer.key ELSE '' END AS hearer
FROM ingest.urgent JOIN registry.home USING (home_id)
LEFT JOIN devices.gateway AS hearer ON hearer.gateway_id = urgent.heard_by
WHERE urgent.urgent_id = ANY (%(urgent_ids)s)
ORDER BY urgent.urgent_id
