-- What channels report of news, as of calls: that they arrived, and that they were read.
ALTER TABLE alerts.news ADD COLUMN delivered_at timestamptz, ADD COLUMN read_at timestamptz;
