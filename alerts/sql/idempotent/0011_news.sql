SELECT registry.protect('alerts.news', 'care');
-- Who wants a digest is nobody's but the service's.
REVOKE ALL ON alerts.digest, alerts.address FROM vicino_people;

-- Before news are made it is looked for whether the same has just gone to their address.
CREATE INDEX IF NOT EXISTS news_at_address ON alerts.news (address, made_at);

-- What goes nowhere, or elsewhere, is no reason any more not to tell somebody else at the address where it was to go: the first of those
-- whom it called off, for whom the others wait now. Whether that is still so is looked at when it is sent, as ever.
CREATE OR REPLACE FUNCTION alerts.tell_after_all() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first bigint := (SELECT min(news_id) FROM alerts.news WHERE called_off_by = NEW.news_id);
BEGIN
    UPDATE alerts.news
    SET state = CASE WHEN news_id = first THEN 'due' ELSE state END, called_off_by = CASE WHEN news_id <> first THEN first END
    WHERE called_off_by = NEW.news_id;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER tell_after_all AFTER UPDATE OF state, channel, address ON alerts.news
    FOR EACH ROW WHEN (
        (NEW.state <> OLD.state AND NEW.state IN ('failed', 'cancelled'))
        OR (NEW.channel, NEW.address) IS DISTINCT FROM (OLD.channel, OLD.address)
    ) EXECUTE FUNCTION alerts.tell_after_all();
