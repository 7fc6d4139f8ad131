-- Whose a device is, is asked by its key alone when another home's gateway has heard it.
CREATE INDEX ON devices.device (key);
