-- Answers by the link in a message. Whoever holds the link acts as the account that the message went to, with the rights it
-- has at that moment, through the functions by which people act (0002_actions.sql). The signature of the link is checked
-- before anything here is asked.
DROP FUNCTION IF EXISTS alerts.message_asked(uuid);
CREATE FUNCTION alerts.message_asked(wanted uuid)
RETURNS TABLE (notification_id bigint, alert uuid, account_id int, contact_id int, language text, channel text, told_at timestamptz,
               is_round boolean, family text, kind text, state text, municipality text, taken_by int, taken_by_name text,
               answer text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT notification.notification_id, alert.public_id, notification.account_id, notification.contact_id, notification.language,
        notification.channel,
        coalesce(notification.sent_at, notification.due_at), notification.round = alert.round, alert.family, alert.kind,
        alert.state, home.municipality, alert.taken_by, alert.taken_by_name, reply.answer
    FROM alerts.notification
    JOIN alerts.alert USING (alert_id)
    JOIN registry.home USING (home_id)
    LEFT JOIN alerts.reply USING (notification_id)
    WHERE notification.public_id = wanted
$$;

-- Notes that a message was answered; false where it had been already.
CREATE OR REPLACE FUNCTION alerts.note_reply(wanted uuid, answered text, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO alerts.reply (notification_id, organisation_id, alert_id, answer, at)
    SELECT notification_id, organisation_id, alert_id, answered, acted_at FROM alerts.notification WHERE public_id = wanted
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;

-- Notes that the viewer says that they are with the person.
CREATE OR REPLACE FUNCTION alerts.say_there(wanted uuid, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before alerts.alert := alerts.lock_for_viewer(wanted);
BEGIN
    IF before.alert_id IS NULL OR before.state = 'resolved' THEN
        RETURN false;
    END IF;
    UPDATE alerts.alert SET updated_at = greatest(updated_at, acted_at) WHERE alert_id = before.alert_id;
    PERFORM alerts.write_act(before, 'there', before.state, NULL, '', acted_at);
    RETURN true;
END
$$;

-- A contact, who has no account, says to be with the person. It is noted, and whoever looks after it reads it. Whether nobody
-- else is called for a while the policy of the alert decides (`there_waits`, in seconds); unless it does, everything goes on.
CREATE OR REPLACE FUNCTION alerts.say_contact_there(wanted uuid, acted_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told    alerts.notification;
    before  alerts.alert;
    waits   interval;
BEGIN
    SELECT * INTO told FROM alerts.notification WHERE public_id = wanted AND contact_id IS NOT NULL;
    SELECT * INTO before FROM alerts.alert WHERE alert_id = told.alert_id FOR UPDATE;
    IF before.alert_id IS NULL OR before.state = 'resolved' OR before.round <> told.round
       OR NOT alerts.note_reply(wanted, 'there', acted_at) THEN
        RETURN false;
    END IF;
    waits := make_interval(secs => coalesce((before.policy #>> '{plan,there_waits}')::int, 0));
    UPDATE alerts.alert
    SET updated_at = greatest(updated_at, acted_at),
        escalates_at = CASE WHEN waits > interval '0' THEN greatest(escalates_at, acted_at + waits) ELSE escalates_at END
    WHERE alert_id = before.alert_id;
    IF waits > interval '0' THEN
        PERFORM alerts.call_off(before.alert_id);
    END IF;
    INSERT INTO alerts.history (organisation_id, alert_id, at, account_name, action, from_state, to_state, detail)
    SELECT before.organisation_id, before.alert_id, acted_at, contact.name, 'there', before.state, before.state,
        jsonb_build_object('by', 'link', 'contact_id', contact.contact_id, 'relation', contact.relation)
    FROM registry.contact WHERE contact.contact_id = told.contact_id;
    RETURN true;
END
$$;

SELECT registry.protect('alerts.reply', 'care');
GRANT SELECT ON alerts.reply, alerts.heartbeat TO vicino_people;
REVOKE ALL ON FUNCTION alerts.message_asked(uuid), alerts.note_reply(uuid, text, timestamptz),
    alerts.say_there(uuid, timestamptz), alerts.say_contact_there(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.message_asked(uuid), alerts.note_reply(uuid, text, timestamptz),
    alerts.say_there(uuid, timestamptz), alerts.say_contact_there(uuid, timestamptz) TO vicino_people;
