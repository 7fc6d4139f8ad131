#!/bin/sh
# PostgreSQL with TLS in a container. It wants a key that only its own account can read, and a secret is handed over
# readable for all: so the key is copied to where nothing is kept. `reload` does it again for a renewed certificate.
set -eu
own=/run/postgresql/tls
mkdir -p "$own"
chmod 0700 "$own"
cat /run/secrets/database.key > "$own/new.key"
chmod 0600 "$own/new.key"
mv "$own/new.key" "$own/database.key"
cat /run/secrets/database.crt > "$own/database.crt"
if [ "${1:-}" = reload ]; then
    kill -HUP "$(head -n 1 "$PGDATA/postmaster.pid")"
    exit
fi
exec docker-entrypoint.sh postgres \
    -c ssl=on -c "ssl_cert_file=$own/database.crt" -c "ssl_key_file=$own/database.key" \
    -c ssl_min_protocol_version=TLSv1.2 -c password_encryption=scram-sha-256 \
    -c shared_preload_libraries=timescaledb -c timescaledb.telemetry_level=off \
    -c log_error_verbosity=terse -c log_min_error_statement=panic -c log_statement=none \
    -c timezone=UTC -c log_timezone=UTC -c max_connections=200 -c max_locks_per_transaction=256
