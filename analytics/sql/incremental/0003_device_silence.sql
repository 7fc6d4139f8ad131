-- Of every device that an indicator rests on, when it spoke on a day: from these its own longest silences are learned.
-- Only a device that reports by itself has a usual gap.
ALTER TABLE analytics.device_rhythm
    ALTER COLUMN usual_gap_s DROP NOT NULL,
    ADD COLUMN first_at timestamptz,
    ADD COLUMN last_at timestamptz,
    ADD COLUMN longest_gap_s real;
