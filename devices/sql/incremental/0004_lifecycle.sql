-- The life of an installed device: when it came, where it was when, what it took over from, and when it was taken away.
-- Its series, and so its history, stay what they are through all of it.
ALTER TABLE devices.device
    ADD COLUMN installed_at timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN retired_at timestamptz,
    ADD COLUMN replaces_id int REFERENCES devices.device,
    ADD COLUMN battery_changed_at timestamptz;

-- Where a device was from `since` on. What a home's days looked like before it was moved is told by the room it was in then.
CREATE TABLE devices.placement (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    device_id       int NOT NULL REFERENCES devices.device,
    since           timestamptz NOT NULL,
    room_id         int REFERENCES registry.room,
    place           text NOT NULL,
    PRIMARY KEY (device_id, since)
);
INSERT INTO devices.placement (organisation_id, home_id, device_id, since, room_id, place)
SELECT organisation_id, home_id, device_id, '-infinity', room_id, place FROM devices.device;

-- What people did with devices, so that it can be told and taken back.
CREATE TABLE devices.history (
    history_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    device_id       int NOT NULL REFERENCES devices.device,
    at              timestamptz NOT NULL,
    account_id      int REFERENCES registry.account,
    account_name    text NOT NULL,
    action          text NOT NULL CHECK (action IN ('installed', 'described', 'moved', 'replaced', 'retired', 'restored', 'battery')),
    -- The device as it was before: name, model, room, place, retired_at, battery_changed_at.
    before          jsonb NOT NULL
);
CREATE INDEX ON devices.history (home_id, at);
