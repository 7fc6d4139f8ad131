-- findings_since --
-- Findings made or changed since an instant, for the alerts: those on trial never alert.
SELECT finding_id, organisation_id, home_id, person_id, family, kind, severity, started_at, ended_at, found_at, updated_at,
       coverage, detector, detector_version, explanation_it, explanation_en, evidence, withdrawn_at, withdrawn_for
FROM analytics.finding WHERE updated_at >= %(found_from)s AND NOT trial ORDER BY updated_at, finding_id;
