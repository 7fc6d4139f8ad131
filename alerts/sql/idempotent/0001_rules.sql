-- The life cycle is enforced here: no state is reached but by a transition of the table.
CREATE OR REPLACE FUNCTION alerts.check_transition() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM alerts.transition WHERE from_state = OLD.state AND to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'an alert cannot go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation', CONSTRAINT = 'transition';
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER transition BEFORE UPDATE OF state ON alerts.alert FOR EACH ROW EXECUTE FUNCTION alerts.check_transition();

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
CREATE OR REPLACE TRIGGER tell_notification AFTER INSERT ON alerts.notification
    FOR EACH STATEMENT EXECUTE FUNCTION alerts.tell_due();

SELECT registry.protect('alerts.alert');
SELECT registry.protect('alerts.history');
SELECT registry.protect('alerts.notification');
SELECT registry.protect('alerts.test_alarm');

GRANT USAGE ON SCHEMA alerts TO vicino_service, vicino_people, vicino_views;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA alerts TO vicino_service;
GRANT SELECT ON alerts.transition TO vicino_people;
GRANT SELECT ON alerts.alert, alerts.history, alerts.notification TO vicino_people, vicino_views;
REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA alerts FROM vicino_people;
REVOKE UPDATE, DELETE ON alerts.history FROM vicino_service;
