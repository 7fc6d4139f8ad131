"""What pages are made of: styles, scripts, icons, typeface."""

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from dashboards import static_files

router = APIRouter()


@router.get("/assets/{name}")
def asset(request: Request, name: str, v: str = "") -> Response:
    """Return one file."""
    found = static_files.answer(name, v, request.headers.get("accept-encoding", ""))
    if found is None:
        raise HTTPException(404)
    return found
