-- What channels report of a message. They show its signed address; the signature is checked before anything here is asked.
CREATE OR REPLACE FUNCTION alerts.channel_of(wanted uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT channel FROM alerts.notification WHERE public_id = wanted
    UNION ALL
    SELECT channel FROM alerts.news WHERE public_id = wanted
$$;

-- Notes the same of news. What did not arrive is told by the next way as a message of another name, so that a report of the first
-- that is repeated cannot be taken for one of the second. A channel may be faster than the worker, which still holds the news then.
CREATE OR REPLACE FUNCTION alerts.note_receipt_of_news(wanted uuid, what text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF what = 'failed' THEN
        UPDATE alerts.news
        SET state = CASE WHEN others = '[]' OR until < at THEN 'failed' ELSE 'due' END, sent_at = NULL, due_at = at, leased_until = NULL,
            last_error = 'accepted, but not delivered', public_id = gen_random_uuid(),
            channel = coalesce(others->0->>'channel', channel), address = coalesce(others->0->>'address', address),
            others = CASE WHEN others = '[]' THEN others ELSE others - 0 END
        WHERE public_id = wanted AND (state = 'sent' OR (state = 'due' AND leased_until IS NOT NULL))
            AND delivered_at IS NULL AND read_at IS NULL;
        RETURN FOUND;
    END IF;
    UPDATE alerts.news
    SET state = 'sent', sent_at = coalesce(sent_at, at), leased_until = NULL, delivered_at = coalesce(delivered_at, at),
        read_at = CASE WHEN what = 'read' THEN coalesce(read_at, at) ELSE read_at END
    WHERE public_id = wanted AND what IN ('delivered', 'read') AND state IN ('sent', 'due')
        AND (delivered_at IS NULL OR (what = 'read' AND read_at IS NULL));
    RETURN FOUND;
END
$$;

-- Notes that a message was delivered, read, or has failed after its channel had accepted it; false where that is known or
-- cannot be: what was delivered does not fail later. Of what failed the worker uses the next way. A channel may be faster
-- than the worker, which still holds the message then; where that has no way left, it is tried on all the same.
CREATE OR REPLACE FUNCTION alerts.note_receipt(wanted uuid, what text, at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found alerts.notification;
BEGIN
    IF alerts.note_receipt_of_news(wanted, what, at) THEN
        RETURN true;
    END IF;
    IF what = 'failed' THEN
        UPDATE alerts.notification
        SET state = 'failed', sent_at = NULL, leased_until = NULL, last_error = 'accepted, but not delivered', undelivered_at = at
        WHERE public_id = wanted AND delivered_at IS NULL AND read_at IS NULL
            AND (state = 'sent' OR (state = 'due' AND leased_until IS NOT NULL AND others <> '[]'))
        RETURNING * INTO found;
        IF found.notification_id IS NULL THEN
            RETURN false;
        END IF;
        PERFORM alerts.need_after_all(found.notification_id, at);
        PERFORM pg_notify('vicino_notification', '');
        RETURN true;
    END IF;
    -- One that still waits, because the answer of an attempt was lost, has gone out after all.
    UPDATE alerts.notification
    SET state = 'sent', sent_at = coalesce(sent_at, at), leased_until = NULL, falls_back_at = NULL,
        delivered_at = coalesce(delivered_at, at),
        read_at = CASE WHEN what = 'read' THEN coalesce(read_at, at) ELSE read_at END
    WHERE public_id = wanted AND what IN ('delivered', 'read') AND state IN ('sent', 'due')
        AND (delivered_at IS NULL OR (what = 'read' AND read_at IS NULL))
    RETURNING * INTO found;
    IF found.notification_id IS NULL THEN
        RETURN false;
    END IF;
    -- Whoever is reached there is reached there.
    UPDATE alerts.address SET verified_at = at
    WHERE channel = found.channel AND address = found.address AND verified_at IS NULL;
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION alerts.channel_of(uuid), alerts.note_receipt(uuid, text, timestamptz),
    alerts.note_receipt_of_news(uuid, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION alerts.channel_of(uuid), alerts.note_receipt(uuid, text, timestamptz) TO vicino_people;

-- Whoever shows who was told is told that a message went out, failed, arrived or was read: the organisation, nothing about anybody.
CREATE OR REPLACE FUNCTION alerts.tell_told() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_notify('vicino_told', json_build_object('organisation', NEW.organisation_id)::text);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER tell_told AFTER UPDATE OF state, delivered_at, read_at ON alerts.notification
    FOR EACH ROW WHEN (
        (NEW.state <> OLD.state AND NEW.state IN ('sent', 'failed'))
        OR NEW.delivered_at IS DISTINCT FROM OLD.delivered_at OR NEW.read_at IS DISTINCT FROM OLD.read_at
    ) EXECUTE FUNCTION alerts.tell_told();
CREATE OR REPLACE TRIGGER tell_told AFTER UPDATE OF state, delivered_at, read_at ON alerts.news
    FOR EACH ROW WHEN (
        NEW.alert_id IS NOT NULL AND (
            (NEW.state <> OLD.state AND NEW.state IN ('sent', 'failed'))
            OR NEW.delivered_at IS DISTINCT FROM OLD.delivered_at OR NEW.read_at IS DISTINCT FROM OLD.read_at
        )
    ) EXECUTE FUNCTION alerts.tell_told();
