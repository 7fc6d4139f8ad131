"""Pictures of the pages for `docs/screenshots`, taken of a demonstration that runs: `python -m tests.screenshots`."""
