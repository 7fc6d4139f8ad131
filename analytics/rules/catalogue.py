"""All rules, and whose kinds of findings are whose."""

from collections.abc import Mapping
from typing import Any

from analytics.rules.cold import Cold
from analytics.rules.heat import Heat
from analytics.rules.leaving import Leaving
from analytics.rules.night_door import NightDoor
from analytics.rules.protocol import Rule
from analytics.rules.visits import Visits
from analytics.rules.vital_signs import VitalSigns

RULES: Mapping[str, Rule] = {
    rule.name: rule for rule in (Heat(), Cold(), Leaving(), NightDoor(), Visits(), VitalSigns())
}
OF_KIND: Mapping[str, str] = {kind: rule.name for rule in RULES.values() for kind in rule.kinds}


def default_settings(name: str) -> Any:
    """Return what a rule is set to where nobody has set anything. Raises `KeyError` for a rule that there is not."""
    return RULES[name].settings()
