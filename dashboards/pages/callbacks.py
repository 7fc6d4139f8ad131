"""Where channels report what became of a message: for programs, without a sign-in and without a page.

The address holds the message's public id and a signature, nothing about anybody; whoever has it can report of this one
message alone. The answer is always short and says nothing of the message.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from alerts.receipts import reports
from alerts.receipts.links import PATH, PURPOSE
from alerts.receipts.taking import take_in
from alerts.replies.tokens import read
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
    address = request.client.host if request.client else ""
    wait_s = desk.pace.wait_s(f"callback {message}" if message else f"address {address}")
    if wait_s:
        return Response(status_code=429, headers=HEADERS | {"Retry-After": str(round(wait_s) or 1)})
    known = message is not None and take_in(desk.database, message, said, desk.clock.now(), desk.settings.reply_lasts)
    return Response(status_code=204 if known else 404, headers=HEADERS)
