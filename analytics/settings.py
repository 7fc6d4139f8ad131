"""Settings of the analysis."""

from pydantic import Field, SecretStr

from core.settings import Settings


class AnalyticsSettings(Settings):
    """What the analysis needs to know about its surroundings."""

    database_url: SecretStr = Field(
        default=SecretStr("postgresql://127.0.0.1/vicino"), description="PostgreSQL, as a URL."
    )
    analytics_look_s: float = Field(
        default=30.0, description="Seconds between two looks for days that are due, if no notice comes.", gt=0, le=3600
    )
    analytics_settle_s: float = Field(
        default=20.0,
        description="Seconds that late readings may go on coming before past days are computed.",
        ge=0,
    )
    analytics_workers: int = Field(
        default=0, description="Processes that analyse homes side by side; 0 for one on each core.", ge=0, le=64
    )
    retention_analysis_days: int = Field(
        default=1_095, description="Days that episodes, indicators and how days stood are kept; 0 for ever.", ge=0
    )
    retention_finding_days: int = Field(
        default=1_825, description="Days that findings, outcomes, contexts and silences are kept; 0 for ever.", ge=0
    )
    analytics_cadence_s: float = Field(
        default=300.0, description="Seconds between two computations of the day that is not over yet.", ge=0
    )
