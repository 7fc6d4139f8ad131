SELECT registry.protect('alerts.news');
-- Who wants a digest is nobody's but the service's.
REVOKE ALL ON alerts.digest, alerts.address FROM vicino_people;

-- Before news are made it is looked for whether the same has just gone to their address.
CREATE INDEX IF NOT EXISTS news_at_address ON alerts.news (address, made_at);
