"""What runs, how far behind it is, and what it does: by the figures of the services alone."""

from dashboards.grafana.boards.words import Words
from dashboards.grafana.panels import GREEN, ORANGE, RED, YELLOW, Board, Row, bars, figure, lines, number


def board(words: Words) -> Board:
    """Return the dashboard."""
    _ = words.say
    return Board(
        uid="vicino-operations",
        title=_("Vicino: operations"),
        about=_("What runs, how far each stage is behind, and what readings and pages take."),
        since="now-6h",
        refresh="30s",
        rows=(_now(words), _ingest(words), _rest(words)),
    )


def _now(words: Words) -> Row:
    _ = words.say
    return Row(
        _("Now"),
        (
            number(
                _("Services that answer"),
                figure('sum(up{job="vicino"})', _("answer")),
                figure('count(up{job="vicino"}) - sum(up{job="vicino"})', _("do not answer")),
                width=6,
                about=_("A service that does not answer may be gone, or only unable to tell its figures."),
                colours={_("do not answer"): RED},
            ),
            number(
                _("A call for help would reach somebody"),
                figure("min(vicino_watchdog_alive)"),
                width=6,
                values={"0": (_("no"), RED), "1": (_("yes"), GREEN)},
                about=_("By the test calls and the watch over alerts."),
            ),
            number(
                _("Database answers"),
                figure("min(vicino_database_answers)"),
                width=6,
                values={"0": (_("no"), RED), "1": (_("yes"), GREEN)},
            ),
            number(
                _("Messages that will never be delivered"),
                figure("max(vicino_alerts_notifications_failed)"),
                width=6,
                steps=((0, GREEN), (1, RED)),
            ),
            lines(
                _("How far each stage is behind"),
                figure("max by (stage) (vicino_lag_seconds)", "{{stage}}"),
                unit="s",
                width=24,
                height=9,
                minimum=0,
                names=_stages(words),
                about=_("How old the oldest thing is that a stage has not done. A gap: nobody knows."),
            ),
        ),
    )


def _stages(words: Words) -> dict[str, str]:
    _ = words.say
    return {
        "gateway": _("held by gateways"),
        "ingest": _("storing"),
        "rollup": _("hourly figures"),
        "analysis": _("analysis"),
        "alerts": _("alerts"),
        "notification": _("messages"),
    }


def _ingest(words: Words) -> Row:
    _ = words.say
    delay = "histogram_quantile({}, sum by (le) (rate(vicino_ingest_delay_seconds_bucket[5m])))"
    rate = "sum by (lane) (rate({}[5m]))"
    return Row(
        _("Taking in readings"),
        (
            bars(
                _("Readings stored a second"),
                figure(rate.format("vicino_ingest_readings_stored_total"), "{{lane}}"),
                unit="ops",
                width=8,
            ),
            lines(
                _("From the network to the database"),
                figure(delay.format("0.5"), "50 %"),
                figure(delay.format("0.99"), "99 %"),
                unit="s",
                width=8,
                steps=((0, GREEN), (2, YELLOW), (10, RED)),
                minimum=0,
            ),
            lines(
                _("Readings rejected or put aside a second"),
                figure(rate.format("vicino_ingest_rejected_total"), "{{lane}}"),
                figure("sum(rate(vicino_ingest_parked_readings_total[5m]))", _("put aside as a flood")),
                unit="ops",
                width=8,
                minimum=0,
            ),
            lines(
                _("Messages waiting to be taken"),
                figure("sum by (lane) (vicino_ingest_inbox_messages)", "{{lane}}"),
                width=8,
                minimum=0,
            ),
            lines(
                _("Attempts that the database did not take"),
                figure(rate.format("vicino_ingest_database_retries_total"), "{{lane}}"),
                unit="ops",
                width=8,
                minimum=0,
            ),
            lines(
                _("Readings that were there already"),
                figure(rate.format("vicino_ingest_duplicates_total"), "{{lane}}"),
                unit="ops",
                width=8,
                minimum=0,
                about=_("Gateways send again what they did not hear to be stored: no harm."),
            ),
        ),
    )


def _rest(words: Words) -> Row:
    _ = words.say
    slow = "histogram_quantile(0.95, sum by (le, route) (rate(vicino_dashboards_request_seconds_bucket[15m])))"
    return Row(
        _("Analysis, pages, machines"),
        (
            lines(
                _("Days of homes that are due"), figure("max(vicino_analytics_days_due)", _("days")), width=8, minimum=0
            ),
            lines(
                _("Homes analysed a second"),
                figure("sum by (result) (rate(vicino_analytics_jobs_total[15m]))", "{{result}}"),
                unit="ops",
                width=8,
                minimum=0,
                colours={"failed": RED},
                names={"done": _("done"), "failed": _("failed")},
            ),
            lines(_("Open pages"), figure("sum(vicino_dashboards_live_connections)", _("pages")), width=8, minimum=0),
            lines(
                _("Pages: 95 of 100 answer within"),
                figure(slow, "{{route}}"),
                unit="s",
                width=12,
                minimum=0,
                steps=((0, GREEN), (0.3, YELLOW), (1, RED)),
            ),
            lines(
                _("Pages: requests that fail a second"),
                figure('sum by (route) (rate(vicino_dashboards_requests_total{status=~"5.."}[15m]))', "{{route}}"),
                unit="ops",
                width=12,
                minimum=0,
            ),
            lines(
                _("Memory"),
                figure('process_resident_memory_bytes{job="vicino"}', "{{service}} {{instance}}"),
                unit="bytes",
                width=12,
                minimum=0,
            ),
            lines(
                _("Processors in use"),
                figure('rate(process_cpu_seconds_total{job="vicino"}[5m])', "{{service}} {{instance}}"),
                unit="percentunit",
                width=12,
                minimum=0,
                steps=((0, GREEN), (0.8, ORANGE)),
            ),
        ),
    )
