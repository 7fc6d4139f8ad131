-- What is installed where, and which series it reports.
CREATE TABLE devices.gateway (
    gateway_id      int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id       uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    key             text NOT NULL UNIQUE
);
CREATE INDEX ON devices.gateway (home_id);

CREATE TABLE devices.device (
    device_id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    gateway_id      int NOT NULL REFERENCES devices.gateway,
    room_id         int REFERENCES registry.room,
    key             text NOT NULL,
    name            text NOT NULL DEFAULT '',
    model           text NOT NULL DEFAULT '',
    place           text NOT NULL DEFAULT '',
    UNIQUE (gateway_id, key)
);
CREATE INDEX ON devices.device (home_id);

CREATE TABLE devices.series (
    series_id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    gateway_id      int NOT NULL REFERENCES devices.gateway,
    device_id       int NOT NULL REFERENCES devices.device,
    name            text NOT NULL,
    quantity_id     smallint NOT NULL,
    UNIQUE (gateway_id, name)
);
CREATE INDEX ON devices.series (home_id);
