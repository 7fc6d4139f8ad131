"""How an answer goes out: as JSON with an entity tag, and as nothing where the caller has it already."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Generic, TypeVar

from fastapi import Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, Field
from starlette.responses import Response

from core.languages import LANGUAGES

T = TypeVar("T")
When = TypeVar("When", bound=date)
MOST, USUAL = 500, 100
FIRST_YEAR, LAST_YEAR = 2000, 2100

Limit = Annotated[int, Query(ge=1, le=MOST, description="At most so many entries.")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="The `next` of the answer before; without it, from the beginning.")
]


def _near(when: When) -> When:
    if not FIRST_YEAR < when.year < LAST_YEAR:
        raise ValueError(f"not between the years {FIRST_YEAR} and {LAST_YEAR}")
    return when


Instant = Annotated[AwareDatetime, AfterValidator(_near)]
Day = Annotated[date, AfterValidator(_near)]


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    items: list[T]
    next: str | None = Field(description="The cursor of the part after this one; null where there is none.")


class Text(BaseModel):
    """A text in both languages."""

    it: str
    en: str


def in_both(say: Callable[[str], str]) -> Text:
    """Return what `say` says in Italian and English."""
    return Text(**{language: say(language) for language in LANGUAGES})


def page(found: Sequence[T], limit: int, cursor: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """Return the entries of a part and the cursor of the next; `found` was read with one more than `limit`."""
    some = found[:limit]
    return some, cursor(some[-1]) if len(found) > limit else None


def send(request: Request, body: BaseModel, status: int = 200) -> Response:
    """Return a body as JSON; without it where the caller says by `If-None-Match` that nothing has changed."""
    return send_text(request, body.model_dump_json().encode(), status)


def send_text(request: Request, text: bytes, status: int = 200, tag: str = "") -> Response:
    """Return JSON that is written already, likewise; `tag` is its entity tag where something names how it stands.

    Else the tag is a weak one of the text (RFC 9110, 8.8.1): the same body may go out compressed or not.
    """
    tag = tag or f'W/"{hashlib.sha256(text).hexdigest()[:32]}"'
    if request.method in {"GET", "HEAD"} and _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(text, status, {"ETag": tag}, media_type="application/json")


def _has(given: str, tag: str) -> bool:
    some = {one.strip().removeprefix("W/") for one in given.split(",")}
    return "*" in some or tag.removeprefix("W/") in some
