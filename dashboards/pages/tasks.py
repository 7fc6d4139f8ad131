"""Tasks: what an association is asked to do, and what came of it. Nothing else of an alert is shown to its members."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from alerts.errors import AlertError
from alerts.handovers import tasks
from alerts.handovers.tasks import OUTCOMES, Task, TaskOutcome
from core.database import View
from core.translation import mark
from dashboards.pages.frame import Frame
from dashboards.visitors import DeskDependency, SignedIn, Trusted, Visitor
from dashboards.wording import Words
from dashboards.written import plain

router = APIRouter()
STATES = {
    "offered": mark("Nobody has taken it yet"),
    "accepted": mark("Somebody has taken it"),
    "returned": mark("It has come back"),
    "withdrawn": mark("It is not needed any more"),
}
NO_OUTCOME = mark("Say what came of it.")


@router.get("/tasks")
def listed(request: Request, desk: DeskDependency, visitor: SignedIn) -> Response:
    """Show the tasks of the visitor's associations; answers 404 to who is in none."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        if not frame.gets_tasks:
            raise HTTPException(404)
        found = tasks.tasks(view)
    return frame.page("tasks.html", tasks=found, states=STATES)


@router.get("/tasks/{public_id}")
def whole(request: Request, desk: DeskDependency, visitor: SignedIn, public_id: UUID) -> Response:
    """Show one task."""
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
        found = tasks.task(view, public_id)
    if found is None:
        raise HTTPException(404)
    return frame.page("task.html", task=found, states=STATES, mine=_is_mine(found, visitor), outcomes=OUTCOMES)


@router.post("/tasks/{public_id}/accept")
def accept(request: Request, desk: DeskDependency, visitor: Trusted, public_id: UUID) -> Response:
    """Take a task."""
    return _done(request, desk, visitor, public_id, lambda view: tasks.accept(view, public_id, visitor.now))


@router.post("/tasks/{public_id}/return")
def give_back(
    request: Request,
    desk: DeskDependency,
    visitor: Trusted,
    public_id: UUID,
    outcome: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Response:
    """Say what came of a task."""
    if outcome not in set(TaskOutcome):
        return _refused(request, desk, visitor, public_id, Words(visitor.language).say(NO_OUTCOME), 422)
    said = plain(note)

    def act(view: View) -> None:
        tasks.give_back(view, public_id, TaskOutcome(outcome), said, visitor.now)

    return _done(request, desk, visitor, public_id, act)


def _done(
    request: Request, desk: DeskDependency, visitor: Visitor, public_id: UUID, act: Callable[[View], None]
) -> Response:
    try:
        with desk.database.seen_by(visitor.viewer) as view:
            if tasks.task(view, public_id) is None:
                raise HTTPException(404)
            act(view)
    except AlertError as error:
        return _refused(request, desk, visitor, public_id, error.text(visitor.language), 409)
    return RedirectResponse(f"/tasks/{public_id}", 303)


def _refused(
    request: Request, desk: DeskDependency, visitor: Visitor, public_id: UUID, said: str, status: int
) -> Response:
    with desk.database.seen_by(visitor.viewer) as view:
        frame = Frame.around(request, desk, visitor, view)
    label = frame.words.say(mark("See how the task stands"))
    return frame.page("refused.html", status, said=said, back=f"/tasks/{public_id}", back_label=label)


def _is_mine(task: Task, visitor: Visitor) -> bool:
    return task.state == "accepted" and task.accepted_by == visitor.viewer.account_id
