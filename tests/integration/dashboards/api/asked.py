"""How each address of the API is asked, in the world of test_audited.py, or why it has nothing to do with anybody."""

from collections.abc import Callable
from typing import Any

from dashboards.api.application import PATH
from tests.integration.dashboards import filling
from tests.integration.dashboards.api.documents import document, numbers
from tests.integration.dashboards.matrix import MADE_IN, RESEARCH_PARTS

COLLEAGUE = "bruno"
EVERYBODY = frozenset(key for key, *_ in filling.PEOPLE)
DAYS = "first=2026-03-01&last=2026-03-10"
AS_OF = {"/research/arms", "/research/cohort"}  # of one day, and any other word is refused
SPAN = "start=2026-03-10T00:00:00Z&end=2026-03-11T00:00:00Z"
HANDED = "/shift-handovers"

ADMINISTRATION = "/administration"
COLLEAGUES = "about accounts of colleagues, which have a record of their own"
OF_NOBODY: frozenset[str] = frozenset()
# The thing of a sort of documents, and whose data one of them is in this world.
THINGS = {
    "organisations": ("organisation", OF_NOBODY),
    "homes": ("home", frozenset({"maria"})),
    "rooms": ("room", frozenset({"maria"})),
    "persons": ("person", frozenset({"maria"})),
    "contacts": ("contact", frozenset({"maria"})),
    "accounts": ("account", OF_NOBODY),
    "caseloads": ("caseload", OF_NOBODY),
}


def number(world: Any, sort: str) -> int:
    """Return the number of something of Maria's, of where she is looked after, or of a colleague."""
    return numbers(world.connection, world.maria, world.place.accounts[COLLEAGUE])[sort]


def stands(world: Any, sort: str) -> dict[str, Any]:
    """Return the fields of it."""
    found: dict[str, Any] = world.one("SELECT registry.described(%s, %s)", THINGS[sort][0], number(world, sort))
    return found


def read(sort: str) -> Callable[[Any], Any]:
    """Ask for a document."""
    return lambda world: world.program(f"{ADMINISTRATION}/{sort}/{number(world, sort)}", whose=THINGS[sort][1])


def changed(sort: str) -> Callable[[Any], Any]:
    """Change a document to what it is."""
    return lambda world: world.program(
        f"{ADMINISTRATION}/{sort}/{number(world, sort)}", stands(world, sort), THINGS[sort][1]
    )


def made(sort: str, what: str) -> Callable[[Any], Any]:
    """Make something in a thing."""
    return lambda world: world.program(
        f"{ADMINISTRATION}/{sort}/{number(world, sort)}/{what}",
        document(f"{ADMINISTRATION}/{what}", parent="servizio-sociale"),
        THINGS[sort][1],
    )


def of_person(what: str, form: dict[str, Any] | None = None) -> Callable[[Any], Any]:
    """Ask for something about Maria."""
    return lambda world: world.program(f"/persons/{world.person}/{what}", form)


def at_home(rest: str = "", form: dict[str, Any] | None = None) -> Callable[[Any], Any]:
    """Ask for rules of her home: the places to choose from are all homes."""
    return lambda world: world.program(f"/rules/h-{world.home}{rest}", form, EVERYBODY)


def tried(rest: str = "", form: dict[str, Any] | None = None) -> Callable[[Any], Any]:
    """Ask for what was tried out."""
    return lambda world: world.program(f"/rule-previews/{world.preview().rpartition('/')[2]}{rest}", form, EVERYBODY)


NOBODY_OF_API = {
    f"GET {PATH}{ADMINISTRATION}/accounts": COLLEAGUES,
    f"GET {PATH}{ADMINISTRATION}/caseloads": COLLEAGUES,
    f"GET {PATH}{ADMINISTRATION}/organisations": "counts, of nobody in particular",
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
    **{f"GET {PATH}{ADMINISTRATION}/{sort}/{{number}}": read(sort) for sort in THINGS},
    **{f"PUT {PATH}{ADMINISTRATION}/{sort}/{{number}}": changed(sort) for sort in THINGS},
    **{
        f"POST {PATH}{ADMINISTRATION}/{sort}/{{number}}/{what}": made(sort, what)
        for sort, inside in MADE_IN.items()
        for what in inside
    },
    f"GET {PATH}{ADMINISTRATION}/organisations/{{number}}/contents": lambda world: world.program(
        f"{ADMINISTRATION}/organisations/{number(world, 'organisations')}/contents", whose=EVERYBODY
    ),
    f"GET {PATH}{ADMINISTRATION}/homes/{{number}}/contents": lambda world: world.program(
        f"{ADMINISTRATION}/homes/{number(world, 'homes')}/contents"
    ),
    f"GET {PATH}{ADMINISTRATION}/persons/{{number}}/contents": lambda world: world.program(
        f"{ADMINISTRATION}/persons/{number(world, 'persons')}/contents"
    ),
    f"GET {PATH}{ADMINISTRATION}/changes": lambda world: (world.edit(), world.program(f"{ADMINISTRATION}/changes"))[1],
    f"GET {PATH}{ADMINISTRATION}/changes/{{thing}}/{{number}}": lambda world: world.program(
        f"{ADMINISTRATION}/changes/home/{number(world, 'homes')}"
    ),
    f"POST {PATH}{ADMINISTRATION}/changes/{{change}}/undo": lambda world: world.program(
        f"{ADMINISTRATION}/changes/{world.edit()}/undo"
    ),
    f"GET {PATH}/persons/{{person}}/sharing": of_person("sharing"),
    f"GET {PATH}/persons/{{person}}/looks": of_person("looks"),
    f"POST {PATH}/persons/{{person}}/consents": of_person("consents", {"purpose": "research"}),
    f"POST {PATH}/persons/{{person}}/consents/withdraw": of_person("consents/withdraw", {"purpose": "research"}),
    f"POST {PATH}/persons/{{person}}/shares": of_person("shares", {"contact": "figlia", "data": {"sleep": ""}}),
    f"POST {PATH}/persons/{{person}}/pause": of_person("pause", {"until": None}),
    f"POST {PATH}/persons/{{person}}/resume": of_person("resume"),
    f"POST {PATH}/persons/{{person}}/invitations": of_person("invitations", {"contact": "figlia"}),
    f"POST {PATH}/persons/{{person}}/invitations/{{invitation}}/revoke": lambda world: world.program(
        f"/persons/{world.person}/invitations/{world.invitation()}/revoke"
    ),
    f"GET {PATH}/rules": lambda world: world.program("/rules", whose=EVERYBODY),
    f"GET {PATH}/rules/{{where}}": at_home(),
    f"GET {PATH}/rules/{{where}}/{{rule}}": at_home("/cold"),
    f"GET {PATH}/rules/{{where}}/{{rule}}/changes": at_home("/cold/changes"),
    f"POST {PATH}/rules/{{where}}/{{rule}}/previews": at_home("/cold/previews", {"mode": "active"}),
    f"GET {PATH}/rule-previews/{{preview}}": tried(),
    f"POST {PATH}/rule-previews/{{preview}}/save": tried("/save", {"reason": "Freddolosa"}),
}  # fmt: skip


def with_days(path: str) -> str:
    """The path of the API with the days that are asked for, where any may be."""
    return path if path.removeprefix(PATH) in AS_OF else f"{path}?{DAYS}"
