"""How each address of the API is asked, in the world of test_audited.py, or why it has nothing to do with anybody."""

from collections.abc import Callable
from typing import Any

from dashboards.api.application import PATH
from tests.integration.dashboards import filling
from tests.integration.dashboards.matrix import RESEARCH_PARTS

COLLEAGUE = "bruno"
EVERYBODY = frozenset(key for key, *_ in filling.PEOPLE)
DAYS = "first=2026-03-01&last=2026-03-10"
SPAN = "start=2026-03-10T00:00:00Z&end=2026-03-11T00:00:00Z"
HANDED = "/shift-handovers"

NOBODY_OF_API = {
    f"GET {PATH}/statistics": "counts, of nobody in particular",
    **{f"GET {PATH}/research/{part}": "sums of five homes and more" for part in RESEARCH_PARTS},
}
OF_API: dict[str, Callable[[Any], Any]] = {
    f"GET {PATH}/homes": lambda world: world.program("/homes", whose=EVERYBODY),
    f"GET {PATH}/homes/{{home}}": lambda world: world.program(f"/homes/{world.home}"),
    f"GET {PATH}/homes/{{home}}/rooms": lambda world: world.program(f"/homes/{world.home}/rooms"),
    f"GET {PATH}/homes/{{home}}/devices": lambda world: world.program(f"/homes/{world.home}/devices"),
    f"GET {PATH}/homes/{{home}}/days": lambda world: world.program(f"/homes/{world.home}/days?{DAYS}"),
    f"GET {PATH}/homes/{{home}}/indicators": lambda world: world.program(f"/homes/{world.home}/indicators?{DAYS}"),
    f"GET {PATH}/homes/{{home}}/episodes": lambda world: world.program(f"/homes/{world.home}/episodes?{SPAN}"),
    f"GET {PATH}/homes/{{home}}/contexts": lambda world: world.program(f"/homes/{world.home}/contexts?{SPAN}"),
    f"GET {PATH}/homes/{{home}}/readings": lambda world: world.program(f"/homes/{world.home}/readings?{SPAN}"),
    f"POST {PATH}/homes/{{home}}/contexts": lambda world: world.program(
        f"/homes/{world.home}/contexts", {"kind": "visit"}
    ),
    f"GET {PATH}/persons": lambda world: world.program("/persons", whose=EVERYBODY),
    f"GET {PATH}/persons/{{person}}": lambda world: world.program(f"/persons/{world.person}"),
    f"GET {PATH}/alerts": lambda world: (world.alert(), world.program("/alerts"))[1],
    f"GET {PATH}/alerts/{{alert}}": lambda world: world.program(f"/alerts/{world.alert()}"),
    f"GET {PATH}/alerts/{{alert}}/history": lambda world: world.program(f"/alerts/{world.alert()}/history"),
    f"POST {PATH}/alerts/{{alert}}/take-charge": lambda world: world.program(f"/alerts/{world.alert()}/take-charge"),
    f"POST {PATH}/alerts/{{alert}}/release": lambda world: world.at("/alerts", world.alert("take-charge"), "release"),
    f"POST {PATH}/alerts/{{alert}}/resolve": lambda world: world.program(
        f"/alerts/{world.alert()}/resolve", {"outcome": "true"}
    ),
    f"POST {PATH}/alerts/{{alert}}/reopen": lambda world: world.at("/alerts", world.alert("resolve"), "reopen"),
    f"POST {PATH}/alerts/{{alert}}/notes": lambda world: world.program(f"/alerts/{world.alert()}/notes", {"note": "N"}),
    f"GET {PATH}{HANDED}": lambda world: (world.hand_over(), world.program(HANDED))[1],
    f"GET {PATH}{HANDED}/{{handover}}": lambda world: world.program(f"{HANDED}/{world.hand_over()}"),
    f"POST {PATH}{HANDED}": lambda world: world.program(HANDED, world.offer()),
    f"POST {PATH}{HANDED}/{{handover}}/accept": lambda world: world.at(HANDED, world.hand_over(COLLEAGUE), "accept"),
    f"POST {PATH}{HANDED}/{{handover}}/withdraw": lambda world: world.at(HANDED, world.hand_over(), "withdraw"),
    f"GET {PATH}/findings": lambda world: world.program("/findings"),
    f"POST {PATH}/contexts/{{context}}/confirm": lambda world: world.program(f"/contexts/{world.question()}/confirm"),
    f"POST {PATH}/contexts/{{context}}/refuse": lambda world: world.program(f"/contexts/{world.question()}/refuse"),
    f"POST {PATH}/contexts/{{context}}/end": lambda world: world.program(f"/contexts/{world.question()}/end"),
    f"POST {PATH}/contexts/{{context}}/take-back": lambda world: world.at("/contexts", world.question(), "take-back"),
}  # fmt: skip
