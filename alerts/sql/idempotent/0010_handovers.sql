-- What the members of an association do with a task. They do not see the alert: these functions act on it for them, and only on the
-- one that was handed to them. The alert is locked first, then its task, as everywhere.
CREATE OR REPLACE FUNCTION alerts.lock_for_task(wanted uuid) RETURNS alerts.alert
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT alert FROM alerts.alert
    WHERE alert_id = (SELECT alert_id FROM alerts.handover WHERE public_id = wanted AND registry.viewer_may_act(organisation_id))
    FOR UPDATE
$$;

-- Takes a task for the viewer, and with it the alert in charge: nobody else is called. False where somebody was faster.
CREATE OR REPLACE FUNCTION alerts.accept_handover(wanted uuid, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before alerts.alert := alerts.lock_for_task(wanted);
BEGIN
    IF before.alert_id IS NULL OR before.state <> 'new' THEN
        RETURN false;
    END IF;
    UPDATE alerts.handover
    SET state = 'accepted', accepted_at = acted_at, accepted_by = registry.viewer_account(),
        address = (SELECT home.address FROM registry.home
                   WHERE home_id = before.home_id)
    WHERE public_id = wanted AND state = 'offered';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE alerts.alert
    SET state = 'in_charge', taken_by = registry.viewer_account(), taken_at = acted_at, escalates_at = NULL,
        updated_at = greatest(updated_at, acted_at),
        taken_by_name = (SELECT account.name || ' (' || organisation.name || ')'
                         FROM registry.account, alerts.handover JOIN registry.organisation USING (organisation_id)
                         WHERE account_id = registry.viewer_account() AND handover.public_id = wanted)
    WHERE alert_id = before.alert_id;
    PERFORM alerts.write_act(before, 'taken', 'in_charge', NULL, '', acted_at);
    PERFORM alerts.call_off(before.alert_id);
    RETURN true;
END
$$;

-- Returns what came of a task of the viewer: the alert goes back to its own people, who say how it ended.
CREATE OR REPLACE FUNCTION alerts.return_handover(wanted uuid, ended_as text, said text, calls_at timestamptz,
                                                  acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before alerts.alert := alerts.lock_for_task(wanted);
BEGIN
    IF before.alert_id IS NULL OR before.state <> 'in_charge' OR before.taken_by <> registry.viewer_account() THEN
        RETURN false;
    END IF;
    UPDATE alerts.handover SET state = 'returned', outcome = ended_as, ended_at = acted_at, address = ''
    WHERE public_id = wanted AND state = 'accepted';
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE alerts.alert
    SET state = 'new', taken_by = NULL, taken_by_name = '', taken_at = NULL, round = round + 1, step = 0,
        escalates_at = calls_at, updated_at = greatest(updated_at, acted_at)
    WHERE alert_id = before.alert_id;
    INSERT INTO alerts.history (organisation_id, alert_id, at, account_id, account_name, action, from_state, to_state, note, detail)
    VALUES (before.organisation_id, before.alert_id, acted_at, before.taken_by, before.taken_by_name, 'returned', before.state, 'new',
            said, jsonb_build_object('task', ended_as));
    RETURN true;
END
$$;

-- The number of the home of a task that the viewer may see, which says nothing but whose data are looked at.
CREATE OR REPLACE FUNCTION alerts.home_of_handover(wanted uuid) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT home_id FROM alerts.alert JOIN alerts.handover USING (alert_id)
    WHERE handover.public_id = wanted AND handover.organisation_id IN (SELECT registry.viewer_organisations('care'))
$$;

CREATE OR REPLACE FUNCTION alerts.policy_of_handover(wanted uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT policy FROM alerts.alert JOIN alerts.handover USING (alert_id)
    WHERE handover.public_id = wanted AND registry.viewer_may_act(handover.organisation_id)
$$;

-- A task ends with what it is about: once somebody else has the alert, or it is over, the members see no address any more.
CREATE OR REPLACE FUNCTION alerts.withdraw_handovers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE alerts.handover SET state = 'withdrawn', ended_at = NEW.updated_at, address = ''
    WHERE alert_id = NEW.alert_id AND (state = 'offered' OR (state = 'accepted' AND OLD.state = 'in_charge'));
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER withdraw_handovers AFTER UPDATE OF state ON alerts.alert
    FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION alerts.withdraw_handovers();

-- Who was told of an alert that the viewer may see, by the names of colleagues and contacts, which the viewer sees nowhere else.
DROP FUNCTION IF EXISTS alerts.told_of(bigint);
CREATE FUNCTION alerts.told_of(wanted bigint)
RETURNS TABLE (name text, channel text, purpose text, state text, at timestamptz, last_error text, delivered_at timestamptz,
               read_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH told AS (
        SELECT account_id, contact_id, channel, purpose, state, coalesce(sent_at, due_at) AS at, last_error, delivered_at, read_at,
            notification_id AS number
        FROM alerts.notification
        WHERE state <> 'cancelled' AND (
            (alert_id = wanted AND purpose IN ('call', 'reminder'))
            OR notification_id IN (SELECT notification_id FROM alerts.summarised WHERE alert_id = wanted)
        )
        UNION ALL
        SELECT account_id, contact_id, channel, about, state, coalesce(sent_at, due_at), last_error, delivered_at, read_at, news_id
        FROM alerts.news WHERE alert_id = wanted AND state <> 'cancelled'
    )
    SELECT coalesce(account.name, contact.name, ''), told.channel, told.purpose, told.state, told.at, told.last_error,
        told.delivered_at, told.read_at
    FROM told
    JOIN alerts.alert ON alert.alert_id = wanted AND alert.organisation_id IN (SELECT registry.viewer_organisations('care'))
    LEFT JOIN registry.account USING (account_id)
    LEFT JOIN registry.contact USING (contact_id)
    ORDER BY told.at DESC, told.number DESC LIMIT 100
$$;

SELECT registry.protect('alerts.handover', 'care');
GRANT SELECT ON alerts.handover TO vicino_people;

-- What a message is about says nothing but numbers; it is seen with the message.
ALTER TABLE alerts.summarised ENABLE ROW LEVEL SECURITY;
ALTER TABLE alerts.summarised FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS service_sees_all ON alerts.summarised;
CREATE POLICY service_sees_all ON alerts.summarised TO vicino_service, vicino_owner USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS seen_with_the_alert ON alerts.summarised;
CREATE POLICY seen_with_the_alert ON alerts.summarised FOR SELECT TO vicino_people
    USING (EXISTS (SELECT FROM alerts.alert WHERE alert.alert_id = summarised.alert_id));
GRANT SELECT ON alerts.summarised TO vicino_people;
REVOKE ALL ON FUNCTION alerts.lock_for_task(uuid), alerts.home_of_handover(uuid), alerts.accept_handover(uuid, timestamptz),
    alerts.return_handover(uuid, text, text, timestamptz, timestamptz), alerts.policy_of_handover(uuid), alerts.told_of(bigint)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.home_of_handover(uuid), alerts.accept_handover(uuid, timestamptz),
    alerts.return_handover(uuid, text, text, timestamptz, timestamptz), alerts.policy_of_handover(uuid), alerts.told_of(bigint)
    TO vicino_people;
