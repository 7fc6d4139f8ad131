-- The outcomes of one home are asked for whenever its changes are judged.
CREATE INDEX ON analytics.outcome (home_id, at);
