"""Who is let in where: one rule for each address of the application, for the matrix of roles (test_roles.py).

A rule names who of the own organisation is answered. Everybody else is refused with 403 or 404, or, on a page, led to
one of their own. Somebody with every role in another organisation is refused wherever data of ours are named, and is
shown nothing of ours elsewhere.
"""

from typing import NamedTuple

from dashboards.api.application import PATH

OPERATOR, COORDINATOR, INSTALLER, RESEARCHER, ADMINISTRATOR = ROLES = (
    "operator",
    "coordinator",
    "installer",
    "researcher",
    "administrator",
)
FAMILY, SELF, VOLUNTEER, FOREIGN = "elena", "maria.r", "vera", "foreign"
OTHERS = (FAMILY, SELF, VOLUNTEER, FOREIGN)


class Rule(NamedTuple):
    """Who is let in. `is_of_someone`: the address names somebody or something of theirs; else it lists what there is.

    `is_open`: nobody needs to be signed in. `is_asked`: false where what comes of it is of no interest here, because it
    concerns the account of whoever asks alone (test_account.py and its neighbours); strangers are turned away still.
    """

    who: frozenset[str]
    is_of_someone: bool = True
    is_open: bool = False
    is_asked: bool = True


def of(*who: str) -> Rule:
    return Rule(frozenset(who))


def only(*who: str) -> Rule:
    return Rule(frozenset(who), is_of_someone=False)


def all_of(*who: str) -> Rule:
    return Rule(frozenset({*who, FOREIGN}), is_of_someone=False)


OPEN = Rule(frozenset(), is_open=True, is_asked=False)
OWN = Rule(frozenset({*ROLES, *OTHERS}), is_of_someone=False, is_asked=False)
WHOEVER = Rule(frozenset({*ROLES, *OTHERS}), is_of_someone=False)
CARING, SETTING = (OPERATOR, COORDINATOR), (COORDINATOR,)
DEVICES = (COORDINATOR, INSTALLER, ADMINISTRATOR)
PLACES, PEOPLE = (*CARING, INSTALLER, ADMINISTRATOR), (*CARING, ADMINISTRATOR)
DECIDING = (*PEOPLE, SELF)
CARE, CARE_OF_ALL = of(*CARING), all_of(*CARING, VOLUNTEER)
INSTALLING, INSTALLING_EVERYWHERE = of(*DEVICES), all_of(*DEVICES)
ADMINISTERING, DECISION, TASK = of(ADMINISTRATOR), of(*DECIDING), of(VOLUNTEER)

ADMINISTERED = ("organisations", "homes", "rooms", "persons", "contacts", "accounts")
MADE_IN = {
    "organisations": ("organisations", "homes", "accounts"),
    "homes": ("rooms", "persons"),
    "persons": ("contacts",),
}
RESEARCH_PARTS = ("arms", "cohort", "coverage", "detectors", "alerts", "events", "report")

RULES: dict[str, Rule] = {
    "GET /health": OPEN,
    "GET /assets/{name}": OPEN,
    "GET /push-worker.js": OPEN,
    "GET /manifest.webmanifest": OPEN,
    f"GET {PATH}/openapi.json": OPEN,
    f"HEAD {PATH}/openapi.json": OPEN,
    "GET /sign-in": OPEN,
    "POST /sign-in": OPEN,
    "GET /sign-in/code": OPEN,
    "POST /sign-in/code": OPEN,
    "GET /sign-in/set-up": OPEN,
    "POST /sign-in/set-up": OPEN,
    "POST /sign-in/passkey/begin": OPEN,
    "POST /sign-in/passkey": OPEN,
    "POST /sign-in/provider/{provider}": OPEN,
    "GET /sign-in/provider/{provider}/back": OPEN,
    "POST /sign-out": OPEN,
    "POST /language": OPEN,
    "GET /daily/{token}": OPEN,
    "POST /daily/{token}": OPEN,
    "POST /push/receipt": OPEN,
    "POST /push/renew": OPEN,
    "POST /callbacks/{token}": OPEN,
    "GET /r/{token}": OPEN,
    "POST /r/{token}": OPEN,
    "GET /invite": OPEN,
    "GET /invite/{code}": OPEN,
    "POST /invite/{code}": OPEN,
    "POST /invite/{code}/provider/{provider}": OPEN,
    "POST /account/identities/{provider}": OWN,
    "POST /account/identities/{identity}/remove": OWN,
    "POST /account/passkeys": OWN,
    "POST /account/passkeys/confirm": OWN,
    "POST /account/passkeys/{passkey}/remove": OWN,
    "GET /account": WHOEVER,
    "POST /account/language": OWN,
    "POST /account/second-factor": OWN,
    "POST /account/second-factor/confirm": OWN,
    "POST /account/second-factor/remove": OWN,
    "POST /account/recovery-codes": OWN,
    "POST /account/sessions/others/end": OWN,
    "POST /account/sessions/{session}/end": OWN,
    "GET /notifications": WHOEVER,
    "GET /notifications/trial": WHOEVER,
    "POST /notifications/devices": OWN,
    "POST /notifications/devices/{device}/remove": OWN,
    "POST /notifications/devices/{device}/test": OWN,
    "POST /notifications/telegram": OWN,
    "POST /notifications/telegram/leave": OWN,
    "POST /notifications/telegram/test": OWN,
    "POST /notifications/daily/{person}": OWN,
    "GET /events": OWN,
    f"GET {PATH}/account": WHOEVER,
    f"GET {PATH}/events": OWN,
    "GET /accounts": all_of(ADMINISTRATOR),
    "POST /accounts/{public_id}/recovery": ADMINISTERING,
    "POST /accounts/{public_id}/by-provider-only": ADMINISTERING,
    "GET /": CARE_OF_ALL,
    "GET /board": CARE_OF_ALL,
    "GET /board/now": CARE_OF_ALL,
    "GET /alerts": CARE_OF_ALL,
    "GET /alerts/list": CARE_OF_ALL,
    "GET /alerts/{public_id}": CARE,
    "GET /alerts/{public_id}/state": CARE,
    "POST /alerts/{public_id}/take-charge": CARE,
    "POST /alerts/{public_id}/release": CARE,
    "POST /alerts/{public_id}/resolve": CARE,
    "POST /alerts/{public_id}/note": CARE,
    "POST /alerts/{public_id}/reopen": CARE,
    "GET /persons/{public_id}": CARE,
    "GET /persons/{public_id}/state": CARE,
    "GET /persons/{public_id}/basis/{kind}/{day}": CARE,
    "GET /persons/{public_id}/days": CARE,
    "GET /persons/{public_id}/life/{part}": CARE,
    "GET /persons/{public_id}/contexts": CARE,
    "POST /persons/{public_id}/contexts": CARE,
    "POST /contexts/{public_id}/confirm": CARE,
    "POST /contexts/{public_id}/refuse": CARE,
    "POST /contexts/{public_id}/end": CARE,
    "POST /contexts/{public_id}/correct": CARE,
    "POST /contexts/{public_id}/take-back": CARE,
    "GET /install": INSTALLING_EVERYWHERE,
    "GET /install/{public_id}": INSTALLING,
    "GET /install/{public_id}/gateway": INSTALLING,
    "GET /install/{public_id}/found": INSTALLING,
    "GET /install/{public_id}/sensors": INSTALLING,
    "GET /install/{public_id}/sheet": INSTALLING,
    "GET /install/{public_id}/walk": INSTALLING,
    "POST /install/{public_id}/walk/begin": INSTALLING,
    "POST /install/{public_id}/walk/end": INSTALLING,
    "POST /install/{public_id}/devices": INSTALLING,
    "POST /install/{public_id}/devices/{device_id}": INSTALLING,
    "POST /install/{public_id}/devices/{device_id}/test-alarm": INSTALLING,
    "POST /install/{public_id}/devices/{device_id}/{action}": INSTALLING,
    "POST /install/{public_id}/test-alarm/end": INSTALLING,
    "POST /install/{public_id}/lorawan": INSTALLING,
    "POST /install/{public_id}/rooms": INSTALLING,
    "POST /install/{public_id}/gateway/credentials": INSTALLING,
    "POST /install/{public_id}/gateway/{key}/revoke": INSTALLING,
    "GET /batteries": INSTALLING_EVERYWHERE,
    "GET /batteries/list": INSTALLING_EVERYWHERE,
    "GET /batteries/file": INSTALLING_EVERYWHERE,
    "GET /rejects": INSTALLING_EVERYWHERE,
    "GET /rejects/list": INSTALLING_EVERYWHERE,
    "GET /rejects/{number}": INSTALLING,
    "GET /rejects/{number}/state": INSTALLING,
    "POST /rejects/{number}/again": INSTALLING,
    "GET /rules": CARE_OF_ALL,
    "GET /rules/{rule}": CARE_OF_ALL,
    "POST /rules/{rule}/try": all_of(COORDINATOR),
    "GET /rules/previews/{public_id}": CARE,
    "GET /rules/previews/{public_id}/state": CARE,
    "POST /rules/previews/{public_id}/save": of(COORDINATOR),
    "GET /statistics": all_of(COORDINATOR),
    "GET /research": all_of(RESEARCHER),
    "GET /research/report": all_of(RESEARCHER),
    "GET /research/report.json": all_of(RESEARCHER),
    "GET /research/report.pdf": all_of(RESEARCHER),
    "GET /policies": CARE_OF_ALL,
    "GET /policies/{family}": CARE_OF_ALL,
    "POST /policies/{family}": all_of(COORDINATOR),
    "POST /policies/{family}/return": all_of(COORDINATOR),
    "GET /policies/drafts/{public_id}": CARE,
    "GET /policies/drafts/{public_id}/state": CARE,
    "POST /policies/drafts/{public_id}/save": of(COORDINATOR),
    "GET /administration": all_of(ADMINISTRATOR),
    "GET /administration/caseloads": all_of(COORDINATOR, ADMINISTRATOR),
    "GET /administration/{thing}/{number}": ADMINISTERING,
    "POST /administration/{thing}/{number}": ADMINISTERING,
    "GET /administration/{above}/{number}/{thing}/new": ADMINISTERING,
    "POST /administration/{above}/{number}/{thing}/new": ADMINISTERING,
    "POST /administration/changes/{edit}/undo": ADMINISTERING,
    "GET /shift": CARE_OF_ALL,
    "GET /shift/state": CARE_OF_ALL,
    "POST /shift/offer": CARE,
    "POST /shift/{public_id}/accept": CARE,
    "POST /shift/{public_id}/withdraw": CARE,
    "GET /tasks": only(VOLUNTEER),
    "GET /tasks/{public_id}": TASK,
    "POST /tasks/{public_id}/accept": TASK,
    "POST /tasks/{public_id}/return": TASK,
    "GET /family": only(FAMILY),
    "GET /family/state": only(FAMILY),
    "GET /mine": WHOEVER,
    "GET /sharing/{public_id}": DECISION,
    "POST /sharing/{public_id}/pause": DECISION,
    "POST /sharing/{public_id}/resume": DECISION,
    "POST /sharing/{public_id}/copy": of(SELF),
    "POST /sharing/{public_id}/shares": DECISION,
    "POST /sharing/{public_id}/withdraw": DECISION,
    "POST /sharing/{public_id}/consents": DECISION,
    "POST /sharing/{public_id}/invitations": of(*PEOPLE),
    "POST /sharing/{public_id}/invitations/{invitation}/revoke": DECISION,
    f"GET {PATH}/homes": all_of(*PLACES, VOLUNTEER),
    f"GET {PATH}/homes/{{home}}": of(*PLACES),
    f"GET {PATH}/homes/{{home}}/rooms": of(*PLACES),
    f"GET {PATH}/homes/{{home}}/devices": of(*PLACES),
    f"GET {PATH}/homes/{{home}}/days": CARE,
    f"GET {PATH}/homes/{{home}}/indicators": CARE,
    f"GET {PATH}/homes/{{home}}/episodes": CARE,
    f"GET {PATH}/homes/{{home}}/contexts": CARE,
    f"GET {PATH}/homes/{{home}}/readings": CARE,
    f"POST {PATH}/homes/{{home}}/contexts": CARE,
    f"GET {PATH}/persons": all_of(*PEOPLE, VOLUNTEER),
    f"GET {PATH}/persons/{{person}}": of(*PEOPLE),
    f"GET {PATH}/alerts": CARE_OF_ALL,
    f"GET {PATH}/alerts/{{alert}}": CARE,
    f"GET {PATH}/alerts/{{alert}}/history": CARE,
    f"POST {PATH}/alerts/{{alert}}/take-charge": CARE,
    f"POST {PATH}/alerts/{{alert}}/release": CARE,
    f"POST {PATH}/alerts/{{alert}}/resolve": CARE,
    f"POST {PATH}/alerts/{{alert}}/reopen": CARE,
    f"POST {PATH}/alerts/{{alert}}/notes": CARE,
    f"GET {PATH}/shift-handovers": CARE_OF_ALL,
    f"POST {PATH}/shift-handovers": CARE,
    f"GET {PATH}/shift-handovers/{{handover}}": CARE,
    f"POST {PATH}/shift-handovers/{{handover}}/accept": CARE,
    f"POST {PATH}/shift-handovers/{{handover}}/withdraw": CARE,
    f"GET {PATH}/findings": CARE_OF_ALL,
    f"GET {PATH}/statistics": all_of(COORDINATOR),
    **{f"GET {PATH}/administration/{what}": all_of(ADMINISTRATOR) for what in ("organisations", "accounts", "changes")},
    f"GET {PATH}/administration/caseloads": all_of(COORDINATOR, ADMINISTRATOR),
    f"GET {PATH}/administration/caseloads/{{number}}": of(COORDINATOR, ADMINISTRATOR),
    f"PUT {PATH}/administration/caseloads/{{number}}": of(COORDINATOR, ADMINISTRATOR),
    f"GET {PATH}/administration/changes/{{thing}}/{{number}}": ADMINISTERING,
    f"POST {PATH}/administration/changes/{{change}}/undo": ADMINISTERING,
    **{f"GET {PATH}/administration/{sort}/{{number}}": ADMINISTERING for sort in ADMINISTERED},
    **{f"PUT {PATH}/administration/{sort}/{{number}}": ADMINISTERING for sort in ADMINISTERED},
    **{f"GET {PATH}/administration/{sort}/{{number}}/contents": ADMINISTERING for sort in MADE_IN},
    **{
        f"POST {PATH}/administration/{sort}/{{number}}/{made}": ADMINISTERING
        for sort, inside in MADE_IN.items()
        for made in inside
    },
    f"GET {PATH}/persons/{{person}}/sharing": of(*PEOPLE),
    f"GET {PATH}/persons/{{person}}/looks": of(*PEOPLE),
    f"POST {PATH}/persons/{{person}}/consents": of(*PEOPLE),
    f"POST {PATH}/persons/{{person}}/consents/withdraw": of(*PEOPLE),
    f"POST {PATH}/persons/{{person}}/shares": of(*PEOPLE),
    f"POST {PATH}/persons/{{person}}/pause": of(*PEOPLE),
    f"POST {PATH}/persons/{{person}}/resume": of(*PEOPLE),
    f"POST {PATH}/persons/{{person}}/invitations": of(*PEOPLE),
    f"POST {PATH}/persons/{{person}}/invitations/{{invitation}}/revoke": of(*PEOPLE),
    f"GET {PATH}/rules": CARE_OF_ALL,
    f"GET {PATH}/rules/{{where}}": CARE,
    f"GET {PATH}/rules/{{where}}/{{rule}}": CARE,
    f"GET {PATH}/rules/{{where}}/{{rule}}/changes": CARE,
    f"POST {PATH}/rules/{{where}}/{{rule}}/previews": of(COORDINATOR),
    f"GET {PATH}/rule-previews/{{preview}}": CARE,
    f"POST {PATH}/rule-previews/{{preview}}/save": of(COORDINATOR),
    **{f"GET {PATH}/research/{part}": all_of(RESEARCHER) for part in RESEARCH_PARTS},
    f"POST {PATH}/contexts/{{context}}/confirm": CARE,
    f"POST {PATH}/contexts/{{context}}/refuse": CARE,
    f"POST {PATH}/contexts/{{context}}/end": CARE,
    f"POST {PATH}/contexts/{{context}}/take-back": CARE,
}
