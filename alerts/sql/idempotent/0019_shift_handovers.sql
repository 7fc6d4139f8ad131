-- Handing a shift over. Each alert stays with whoever has it until somebody takes it over: at no moment is it nobody's.

-- The alerts that the viewer can hand over: their own, and as a coordinator those of others; not what is offered already, nor a task
-- that a volunteer has.
CREATE OR REPLACE FUNCTION alerts.handed_over_by_viewer() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT alert_id FROM alerts.alert
    WHERE state = 'in_charge' AND registry.viewer_may_act(organisation_id)
        AND (taken_by = registry.viewer_account() OR EXISTS (
            SELECT FROM registry.viewer_roles() AS held WHERE held.organisation_id = alert.organisation_id AND role = 'coordinator'
        ))
        AND NOT EXISTS (SELECT FROM alerts.handover WHERE handover.alert_id = alert.alert_id AND handover.state = 'accepted')
        AND NOT EXISTS (
            SELECT FROM alerts.shift_handover_alert AS given JOIN alerts.shift_handover USING (shift_handover_id)
            WHERE given.alert_id = alert.alert_id AND given.taken_by = alert.taken_by AND shift_handover.state = 'offered'
        )
$$;

-- Offers alerts to the next shift; null where one of them is not the viewer's to hand over any more: then nothing is offered.
CREATE OR REPLACE FUNCTION alerts.offer_shift(wanted uuid[], said text, lasts_to timestamptz, acted_at timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given   bigint[];
    whole   int;
    made    alerts.shift_handover;
    before  alerts.alert;
BEGIN
    -- Locked first, in order: of two who offer the same alert one waits here for the other.
    PERFORM FROM alerts.alert WHERE public_id = ANY (wanted) ORDER BY alert_id FOR UPDATE;
    SELECT array_agg(alert_id ORDER BY alert_id) INTO given
    FROM alerts.alert WHERE public_id = ANY (wanted) AND alert_id IN (SELECT alerts.handed_over_by_viewer());
    IF given IS NULL OR cardinality(given) <> (SELECT count(DISTINCT id) FROM unnest(wanted) AS id) THEN
        RETURN NULL;
    END IF;
    WITH RECURSIVE up AS (
        SELECT alert_id, organisation_id, 0 AS distance FROM alerts.alert WHERE alert_id = ANY (given)
        UNION ALL
        SELECT alert_id, parent_id, distance + 1
        FROM up JOIN registry.organisation USING (organisation_id) WHERE parent_id IS NOT NULL
    )
    SELECT organisation_id INTO whole FROM up WHERE registry.viewer_may_act(organisation_id)
    GROUP BY organisation_id HAVING count(DISTINCT alert_id) = cardinality(given) ORDER BY sum(distance) LIMIT 1;
    IF whole IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO alerts.shift_handover (organisation_id, made_by, made_by_name, note, made_at, until)
    SELECT whole, account_id, name, said, acted_at, lasts_to FROM registry.account WHERE account_id = registry.viewer_account()
    RETURNING * INTO made;
    FOR before IN SELECT * FROM alerts.alert WHERE alert_id = ANY (given) ORDER BY alert_id LOOP
        INSERT INTO alerts.shift_handover_alert VALUES (made.shift_handover_id, whole, before.alert_id, before.taken_by);
        -- The note may be about people of whom not all may read who see this alert.
        PERFORM alerts.write_act(before, 'shift_offered', 'in_charge', NULL, CASE WHEN before.organisation_id = whole THEN said ELSE '' END,
                                 acted_at);
        UPDATE alerts.alert SET updated_at = greatest(updated_at, acted_at) WHERE alert_id = before.alert_id;
    END LOOP;
    RETURN made.public_id;
END
$$;

-- Takes over what is offered, as far as it is still with whoever had it. Returns how many alerts that are; null where the offer is not
-- the viewer's to take, or over.
CREATE OR REPLACE FUNCTION alerts.accept_shift(wanted uuid, acted_at timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    offered alerts.shift_handover;
    before  alerts.alert;
    name_of text := (SELECT name FROM registry.account WHERE account_id = registry.viewer_account());
    taken   int := 0;
BEGIN
    SELECT * INTO offered FROM alerts.shift_handover
    WHERE public_id = wanted AND state = 'offered' AND until > acted_at AND made_by <> registry.viewer_account()
        AND registry.viewer_may_act(organisation_id)
    FOR UPDATE;
    IF offered.shift_handover_id IS NULL THEN
        RETURN NULL;
    END IF;
    FOR before IN
        SELECT alert.* FROM alerts.alert JOIN alerts.shift_handover_alert AS given USING (alert_id)
        WHERE given.shift_handover_id = offered.shift_handover_id AND alert.state = 'in_charge' AND alert.taken_by = given.taken_by
            AND registry.viewer_may_act(alert.organisation_id)
        ORDER BY alert_id FOR UPDATE OF alert
    LOOP
        UPDATE alerts.alert
        SET taken_by = registry.viewer_account(), taken_by_name = name_of, taken_at = acted_at, idle_step = 0,
            idle_at = alerts.reminds_at(policy, acted_at), updated_at = greatest(updated_at, acted_at)
        WHERE alert_id = before.alert_id;
        PERFORM alerts.write_act(before, 'shift_taken', 'in_charge', NULL, '', acted_at);
        taken := taken + 1;
    END LOOP;
    UPDATE alerts.shift_handover
    SET state = 'accepted', ended_at = acted_at, accepted_by = registry.viewer_account(), accepted_by_name = name_of
    WHERE shift_handover_id = offered.shift_handover_id;
    RETURN taken;
END
$$;

-- Takes back an offer of the viewer; false where it is over.
CREATE OR REPLACE FUNCTION alerts.withdraw_shift(wanted uuid, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE alerts.shift_handover SET state = 'withdrawn', ended_at = acted_at
    WHERE public_id = wanted AND state = 'offered' AND made_by = registry.viewer_account()
        AND registry.viewer_may_act(organisation_id);
    RETURN FOUND;
END
$$;

-- Whoever shows alerts is told that an offer was made or is over.
CREATE OR REPLACE FUNCTION alerts.tell_shift_handover() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('vicino_alert_changed', json_build_object('organisation', NEW.organisation_id)::text);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER tell_shift_handover AFTER INSERT OR UPDATE OF state ON alerts.shift_handover
    FOR EACH ROW EXECUTE FUNCTION alerts.tell_shift_handover();

SELECT registry.protect('alerts.shift_handover', 'care');
SELECT registry.protect('alerts.shift_handover_alert', 'care');
GRANT SELECT ON alerts.shift_handover, alerts.shift_handover_alert TO vicino_people, vicino_views;
REVOKE ALL ON FUNCTION alerts.handed_over_by_viewer(), alerts.offer_shift(uuid[], text, timestamptz, timestamptz),
    alerts.accept_shift(uuid, timestamptz), alerts.withdraw_shift(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.handed_over_by_viewer(), alerts.offer_shift(uuid[], text, timestamptz, timestamptz),
    alerts.accept_shift(uuid, timestamptz), alerts.withdraw_shift(uuid, timestamptz) TO vicino_people;
