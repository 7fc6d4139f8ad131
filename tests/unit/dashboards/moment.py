from datetime import UTC, datetime

NOW = datetime(2026, 3, 16, 3, 0, tzinfo=UTC)
