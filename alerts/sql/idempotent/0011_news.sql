SELECT registry.protect('alerts.news');
-- Who wants a digest is nobody's but the service's.
REVOKE ALL ON alerts.digest, alerts.address FROM vicino_people;
