"""From a scene to findings: every rule asked, by what it is set to."""

from collections.abc import Iterator, Mapping

from analytics.findings import Finding
from analytics.frames import Span, instant
from analytics.rules.catalogue import RULES
from analytics.rules.protocol import Met, Mode, Past, Rule
from analytics.rules.scene import Scene
from analytics.rules.standing import Standing


def judged(
    scene: Scene, past: Past, known: Mapping[str, Standing], *, heard: bool = True
) -> Iterator[tuple[Rule, Span, list[Finding]]]:
    """Yield each rule that is not off, in which time what it finds begins, and what it finds.

    Of a home that is not `heard` now, nothing is said by rules that judge by nothing happening.
    """
    for rule in RULES.values():
        standing = known[rule.name]
        if standing.mode is Mode.OFF or (rule.awaits and not heard):
            continue
        met = rule.judge(scene, past, standing.settings)
        yield rule, rule.span(scene), [finding_of(one, rule, trial=standing.mode is Mode.SHADOW) for one in met]


def finding_of(met: Met, rule: Rule, *, trial: bool) -> Finding:
    """Return the finding that comes of a rule that is met."""
    return Finding(
        family="wellbeing",
        kind=met.kind,
        severity=round(met.severity, 4),
        interval=met.interval,
        coverage=met.coverage,
        detector=rule.name,
        detector_version=met.version,
        explanation_it=met.said.it,
        explanation_en=met.said.en,
        evidence=met.evidence | {"met_at": instant(met.since).isoformat()},
        trial=trial,
        subject=met.subject,
    )
