#!/bin/sh
# Mosquitto in a container. Its accounts are changed while it runs, so they are copied once to where they are kept.
set -eu
if [ ! -f /mosquitto/data/accounts.json ]; then
    cat /run/secrets/broker_accounts > /mosquitto/data/accounts.json
    chmod 0600 /mosquitto/data/accounts.json
fi
exec mosquitto -c /deploy/mosquitto.conf
