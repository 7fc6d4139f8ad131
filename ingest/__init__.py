"""From MQTT to the database: validate, COPY, commit, acknowledge."""
