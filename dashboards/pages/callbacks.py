"""Where channels report what became of a message: for programs, without a sign-in and without a page.

The address holds the message's public id and a signature, nothing about anybody; whoever has it can report of this one
message alone. The answer is always short and says nothing of the message.

Reports are slowed down where they come too often. A digit that was pressed never is: it is the answer of a person, who
hears "thank you" and hangs up, and no service is sure to repeat it.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from alerts.receipts import reports
from alerts.receipts.links import PATH, PURPOSE
from alerts.receipts.taking import take_in
from alerts.replies.tokens import read
from dashboards.desk import Desk
from dashboards.visitors import DeskDependency

router = APIRouter()
HEADERS = {"Cache-Control": "no-store"}


async def report_of(request: Request) -> reports.Report:
    """Read what is reported; no more of it than a report is long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > reports.LONGEST_REPORT:
            break
    return reports.read(body, request.headers.get("content-type", ""))


@router.post(PATH + "/{token}")
def report(
    request: Request, desk: DeskDependency, token: str, said: Annotated[reports.Report, Depends(report_of)]
) -> Response:
    """Take in what a channel reports; 404 where the address is not one of ours."""
    message = read(desk.reply_key, token, PURPOSE) if desk.reply_key else None
    if wait_s := _wait_s(request, desk, message, said):
        return Response(status_code=429, headers=HEADERS | {"Retry-After": str(round(wait_s) or 1)})
    known = message is not None and take_in(desk.database, message, said, desk.clock.now(), desk.settings.reply_lasts)
    return Response(status_code=204 if known else 404, headers=HEADERS)


def _wait_s(request: Request, desk: Desk, message: UUID | None, said: reports.Report) -> float:
    """Return for how long to wait: of a message of ours it is counted for itself, else for the address."""
    if message is None:
        return desk.pace.wait_s(f"address {request.client.host if request.client else ''}")
    return 0.0 if said.digit else desk.pace.wait_s(f"callback {message}")
