-- When whoever has had an alert since an instant and done nothing is to be reminded of it; null where its policy says nothing.
CREATE OR REPLACE FUNCTION alerts.reminds_at(policy jsonb, since timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT since + make_interval(secs => nullif((policy #>> '{plan,remind_after}')::int, 0))
$$;

-- The life cycle is enforced here: no state is reached but by a transition of the table.
CREATE OR REPLACE FUNCTION alerts.check_transition() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM alerts.transition WHERE from_state = OLD.state AND to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'an alert cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation', CONSTRAINT = 'transition';
    END IF;
    -- However it comes into somebody's hands: who does nothing with it is reminded, if its policy says so.
    IF NEW.state <> OLD.state THEN
        NEW.idle_step := 0;
        NEW.idle_at := CASE WHEN NEW.state = 'in_charge' THEN alerts.reminds_at(NEW.policy, NEW.taken_at) END;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER transition BEFORE UPDATE OF state ON alerts.alert FOR EACH ROW EXECUTE FUNCTION alerts.check_transition();

-- A reminder is for whoever has the alert: it goes with the charge, however that ends or changes hands.
CREATE OR REPLACE FUNCTION alerts.end_reminders() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE alerts.notification SET state = 'cancelled', leased_until = NULL
    WHERE alert_id = NEW.alert_id AND purpose = 'reminder' AND state = 'due';
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER end_reminders AFTER UPDATE OF state, taken_by ON alerts.alert
    FOR EACH ROW WHEN (OLD.state = 'in_charge' AND (NEW.state <> 'in_charge' OR NEW.taken_by <> OLD.taken_by)) EXECUTE FUNCTION alerts.end_reminders();

-- Whoever writes a note, or says that they are there, does something with the alert.
CREATE OR REPLACE FUNCTION alerts.note_is_no_idleness() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE alerts.alert SET idle_step = 0, idle_at = alerts.reminds_at(policy, NEW.at)
    WHERE alert_id = NEW.alert_id AND state = 'in_charge' AND idle_at IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER note_is_no_idleness AFTER INSERT ON alerts.history
    FOR EACH ROW WHEN (NEW.action IN ('noted', 'there')) EXECUTE FUNCTION alerts.note_is_no_idleness();

-- Whoever shows alerts is told that one changed: the organisation and the alert's public id, nothing about anybody.
CREATE OR REPLACE FUNCTION alerts.tell_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('vicino_alert_changed', json_build_object('organisation', NEW.organisation_id, 'alert', NEW.public_id,
                                                         'family', NEW.family, 'state', NEW.state)::text);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER tell_change AFTER INSERT OR UPDATE OF state, times, severity, updated_at ON alerts.alert
    FOR EACH ROW EXECUTE FUNCTION alerts.tell_change();

-- The worker is told that somebody is to be told; when, it reads from the tables.
CREATE OR REPLACE FUNCTION alerts.tell_due() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('vicino_notification', '');
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER tell_escalation AFTER INSERT OR UPDATE OF escalates_at ON alerts.alert
    FOR EACH ROW WHEN (NEW.escalates_at IS NOT NULL) EXECUTE FUNCTION alerts.tell_due();
CREATE OR REPLACE TRIGGER tell_idle AFTER INSERT OR UPDATE OF idle_at ON alerts.alert
    FOR EACH ROW WHEN (NEW.idle_at IS NOT NULL) EXECUTE FUNCTION alerts.tell_due();
CREATE OR REPLACE TRIGGER tell_notification AFTER INSERT ON alerts.notification
    FOR EACH STATEMENT EXECUTE FUNCTION alerts.tell_due();

SELECT registry.protect('alerts.alert', 'life');
SELECT registry.protect('alerts.history', 'care');
SELECT registry.protect('alerts.notification', 'care');
SELECT registry.protect('alerts.test_alarm', 'place');
SELECT registry.protect('alerts.policy', 'care');
SELECT registry.protect('alerts.rota', 'care');

GRANT USAGE ON SCHEMA alerts TO vicino_service, vicino_people, vicino_views;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA alerts TO vicino_service;
GRANT SELECT ON alerts.transition TO vicino_people;
GRANT SELECT ON alerts.alert, alerts.history, alerts.notification, alerts.policy, alerts.rota TO vicino_people, vicino_views;
REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA alerts FROM vicino_people;
REVOKE UPDATE, DELETE ON alerts.history FROM vicino_service;
