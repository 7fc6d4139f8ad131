"""`vicino deploy`: the secrets and certificates that `docker-compose.yml` hands to each service."""
