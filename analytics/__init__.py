"""Episodes, indicators, baselines, detectors, findings."""
