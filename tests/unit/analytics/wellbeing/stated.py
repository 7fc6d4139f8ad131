"""Parts of life, signs and findings, made by hand or by chance, for the tests of how days stand."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from analytics.baseline import Baseline
from analytics.change.day import DomainDay, Sign
from analytics.change.domains import DOMAINS, Domain, Pace
from analytics.contexts.kinds import ContextKind
from analytics.wellbeing.fusing import Evidence
from analytics.wellbeing.state import Part, Sight
from analytics.wellbeing.told import Told
from core.localtime import local_day

ROME = ZoneInfo("Europe/Rome")
DAY = date(2026, 3, 2)
LIMIT = 4.1
USUAL = Baseline(1.0, 0.75, 0.0, 2.0, 28)
NOON: datetime = local_day(DAY, ROME).start + timedelta(hours=12)


def part(domain: Domain, sight: Sight = Sight.JUDGED, context: ContextKind | None = None) -> Part:
    learning = (9, 14) if sight is Sight.LEARNING else (0, 0)
    return Part(domain, sight, *learning, () if sight is Sight.NO_SENSOR else tuple(DOMAINS[domain]), context)


def all_parts(sight: Sight = Sight.JUDGED) -> tuple[Part, ...]:
    return tuple(part(domain, sight) for domain in Domain)


def shown(domain: Domain, rarity: float) -> DomainDay:
    kind = next(iter(DOMAINS[domain]))
    return DomainDay(domain, DAY, (Sign(kind, 1, 5.0, USUAL, rarity),), Pace.SUDDEN, rarity)


def told(severity: float, kind: str = "stillness", domain: Domain | None = None, number: int = 1) -> Told:
    return Told(number, kind, severity, NOON, NOON + timedelta(hours=2), domain, (DAY, DAY) if domain else None)


CALM = Evidence(0.97, all_parts(), tuple(shown(domain, 0.3) for domain in Domain), (), {})

rarities = st.floats(0, 12)
sights = st.sampled_from(Sight)
contexts = st.none() | st.sampled_from(ContextKind)


@st.composite
def evidences(draw: st.DrawFn) -> Evidence:
    parts, shows = [], []
    for domain in Domain:
        sight = draw(sights)
        context = draw(contexts) if sight in (Sight.CONTEXT, Sight.JUDGED) else None
        parts.append(part(domain, sight, context))
        if sight is Sight.JUDGED:
            shows.append(shown(domain, draw(rarities)))
    severities = draw(st.lists(st.floats(0, 1), max_size=3))
    domains = draw(st.lists(st.none() | st.sampled_from(Domain), min_size=3, max_size=3))
    findings = [told(severity, domain=domain, number=number) for number, (severity, domain) in
                enumerate(zip(severities, domains, strict=False))]  # fmt: skip
    return Evidence(draw(st.none() | st.floats(0, 1)), parts, shows, findings, {})
