"""The page behind the link of a message: one large button for each answer, for whoever is not signed in.

A look changes nothing: mail scanners and previews follow links. Only the form does, which needs no proof of where it
comes from: it knows no sign-in and no cookie, and whoever can send it holds the link. Before the answer the page says
what the message said, and never more than its channel may know.
"""

from collections.abc import Mapping
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from alerts.channels.levels import Level, title_at
from alerts.channels.words import placed
from alerts.lifecycle import Family
from alerts.replies import answers
from alerts.replies.answers import UNKNOWN, Answer, Reply, Standing
from alerts.replies.links import PATH
from alerts.replies.tokens import read
from core.languages import LANGUAGES, READ
from core.log import logger
from core.translation import mark
from dashboards.desk import Desk
from dashboards.visitors import DeskDependency, language_of
from dashboards.wording import Words

router = APIRouter()

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}
ASKED = mark("Somebody may need help now. What do you do?")
ASKED_CALMLY = mark("Nobody is in charge of this yet. What do you do?")
BUTTONS = {
    Answer.TAKE_CHARGE: (mark("Take charge"), mark("Nobody else is called any more. You look after it.")),
    Answer.THERE: (
        mark("I am there with the person"),
        mark("You are in charge, and your colleagues read that you are there."),
    ),
}
THERE_HINT = mark("Whoever looks after it reads that you are there.")
THERE_DONE = mark("Thank you: whoever looks after it reads that you are there. If more help is needed, call 112.")
DONE = {
    Answer.TAKE_CHARGE: mark("You are in charge now. Nobody else is called any more."),
    Answer.THERE: mark("You are in charge now, and your colleagues read that you are there."),
}
# What a member of an association takes: the page of the task says more, and that only to whoever has it.
TASK_BUTTON = (mark("I take it"), mark("You then see the address, and nobody else is called."))
TASK_DONE = mark("The task is yours, and nobody else is called.")
SIGN_IN = mark("Sign in to see who it is and what is known")
TASK_SIGN_IN = mark("Sign in to see where it is")


class Said(NamedTuple):
    """What is said of a link that cannot be used, with the status of the answer."""

    heading: str
    sentence: str
    status: int


REFUSED = {
    Standing.UNKNOWN: Said(
        mark("This link is not one of ours"),
        mark("It is incomplete, or somebody has changed it. Open it from the message itself, or sign in."),
        404,
    ),
    Standing.NOT_ALLOWED: Said(
        mark("You cannot answer any more"),
        mark("Your account was closed or has another role now. Call your colleagues if somebody may need help."),
        403,
    ),
    Standing.RESOLVED: Said(
        mark("It is over"), mark("This alert has already been resolved. There is nothing left to do."), 410
    ),
    Standing.MINE: Said(
        mark("You are in charge"), mark("You took charge of this alert already. Nobody else is called."), 409
    ),
    Standing.TAKEN: Said(mark("Somebody is in charge"), mark("Already taken by %(name)s."), 409),
    Standing.GONE: Said(
        mark("There is nothing left to do"), mark("Somebody else has taken this task, or it is over."), 409
    ),
    Standing.USED: Said(
        mark("You have answered already"), mark("The link of a message works once. Sign in to do anything else."), 410
    ),
    Standing.OVER: Said(
        mark("There is a newer message"),
        mark("People have been called anew since this message. Use the link of the latest one, or sign in."),
        410,
    ),
    Standing.EXPIRED: Said(
        mark("This link has expired"), mark("The message is too old to be answered by its link. Sign in instead."), 410
    ),
}
TOO_OFTEN = Said(mark("Too many attempts"), mark("Wait a minute and open the link again."), 429)


@router.get(PATH + "/{token}")
def ask(request: Request, desk: DeskDependency, token: str) -> Response:
    """Show what can be answered; changes nothing."""
    message = read(desk.reply_key, token) if desk.reply_key else None
    if wait_s := _wait_s(request, desk, message):
        return _too_often(request, desk, wait_s)
    reply = UNKNOWN if message is None else _look(desk, message)
    return _page(request, desk, reply, token)


@router.post(PATH + "/{token}")
def answer(request: Request, desk: DeskDependency, token: str, answer: Annotated[str, Form()] = "") -> Response:
    """Carry out the answer, or say why that cannot be."""
    message = read(desk.reply_key, token) if desk.reply_key else None
    is_answer = message is not None and answer in set(Answer)
    # Programs may have looked at the link as often as they may: the answer of a person is taken all the same.
    if not is_answer and (wait_s := _wait_s(request, desk, message)):
        return _too_often(request, desk, wait_s)
    if message is None or not is_answer:
        reply = UNKNOWN if message is None else _look(desk, message)
        return _page(request, desk, reply, token)
    said = Answer(answer)
    reply = answers.answer(desk.database, message, said, desk.clock.now(), desk.settings.reply_lasts)
    if said not in reply.answers or reply.asked is None:
        return _page(request, desk, reply, token)
    logger().info("answered by link", notification_id=reply.asked.notification_id, channel=reply.asked.channel)
    return _page(request, desk, reply, token, done=_done(reply, said))


def _done(reply: Reply, said: Answer) -> str:
    if reply.task is not None:
        return TASK_DONE
    return THERE_DONE if reply.asked is not None and reply.asked.contact_id is not None else DONE[said]


def _look(desk: Desk, message: UUID) -> Reply:
    return answers.look(desk.database, message, desk.clock.now(), desk.settings.reply_lasts)


def _wait_s(request: Request, desk: Desk, message: UUID | None) -> float:
    """Return for how long whoever asks has to wait: with a link of ours it is counted for itself, else the address."""
    address = request.client.host if request.client else ""
    return desk.pace.wait_s(f"link {message}" if message else f"address {address}")


def _too_often(request: Request, desk: Desk, wait_s: float) -> Response:
    answer = _refused(desk, language_of(request), TOO_OFTEN, {})
    answer.headers["Retry-After"] = str(round(wait_s) or 1)
    return answer


def _page(request: Request, desk: Desk, reply: Reply, token: str, *, done: str = "") -> Response:
    asked = reply.asked
    if asked is None:
        return _refused(desk, language_of(request), REFUSED[Standing.UNKNOWN], {})
    language = asked.language if asked.language in READ else LANGUAGES[0]
    words = Words(language)
    what = placed(title_at(Level.KIND, asked.family, asked.kind, language), asked.municipality, language)
    if not reply.answers:
        # Whoever may not act any more is told nothing of the alert.
        shown = "" if reply.standing is Standing.NOT_ALLOWED else what
        signs_in = shown and asked.account_id is not None
        said = {"what": shown, "alert": asked.alert if signs_in else None, "name": asked.taken_by_name}
        return _refused(desk, language, REFUSED[reply.standing], said, sign_in=_sign_in(reply))
    question = ASKED if asked.family is Family.SAFETY else ASKED_CALMLY
    return _filled(
        desk,
        language,
        200,
        heading=what,
        sentence=words.say(done or question),
        what="",
        # A contact has nothing to sign in with.
        alert=asked.alert if done and asked.account_id is not None else None,
        buttons=[] if done else _buttons(reply, words),
        address=f"{PATH}/{token}",
        sign_in=words.say(_sign_in(reply)),
    )


def _sign_in(reply: Reply) -> str:
    return SIGN_IN if reply.task is None else TASK_SIGN_IN


def _buttons(reply: Reply, words: Words) -> list[tuple[str, str, str]]:
    contact = reply.asked is not None and reply.asked.contact_id is not None
    labels = {each: BUTTONS[each] for each in reply.answers}
    if reply.task is not None:
        labels = dict.fromkeys(reply.answers, TASK_BUTTON)
    if contact:
        labels[Answer.THERE] = (BUTTONS[Answer.THERE][0], THERE_HINT)
    return [(each.value, words.say(label), words.say(hint)) for each, (label, hint) in labels.items()]


def _refused(
    desk: Desk, language: str, said: Said, values: Mapping[str, object], sign_in: str = SIGN_IN
) -> HTMLResponse:
    words = Words(language)
    return _filled(
        desk,
        language,
        said.status,
        heading=words.say(said.heading),
        sentence=words.say(said.sentence) % {"name": values.get("name", "")},
        what=values.get("what", ""),
        alert=values.get("alert"),
        buttons=[],
        address="",
        sign_in=words.say(sign_in),
    )


def _filled(desk: Desk, language: str, status: int, **values: object) -> HTMLResponse:
    page = desk.renderer.page("reply.html", language, status, **values)
    page.headers.update(HEADERS)
    return page
