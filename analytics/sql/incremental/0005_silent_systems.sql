-- A gateway may not reach the systems by which it hears some of its devices: which systems, and which devices, by their ids.
ALTER TABLE analytics.silence
    ADD COLUMN systems text[] NOT NULL DEFAULT '{}',
    ADD COLUMN devices int[] NOT NULL DEFAULT '{}';
ALTER TABLE analytics.silence DROP CONSTRAINT silence_subject_kind_check;
ALTER TABLE analytics.silence ADD CONSTRAINT silence_subject_kind_check CHECK (subject_kind IN ('gateway', 'device', 'systems'));
