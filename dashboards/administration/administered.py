"""What somebody administers and fills in, for pages and programs alike; what is not theirs is not there (404)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fastapi import HTTPException

from core.database import View
from core.localtime import day_of
from dashboards.administration import fields
from dashboards.watch import ROME
from dashboards.wording import Words
from registry.administration import reads
from registry.administration.things import IN, Thing

Form = Mapping[str, Sequence[str]]


def administered(view: View) -> list[reads.Administered]:
    """Return the organisations of the viewer; raises `HTTPException` for who administers none."""
    found = reads.administered(view)
    if not found:
        raise HTTPException(404)
    return found


def choices(view: View, thing: Thing) -> dict[str, str]:
    """Return the names of the organisations to choose from, by key; caseloads are given by coordinators, too."""
    found = reads.administered(view) if thing is Thing.CASELOAD else administered(view)
    return {each.key: each.name for each in found}


def stands(view: View, thing: Thing, number: int) -> reads.Edited:
    """Return a thing as it stands; raises `HTTPException` where there is none that the viewer may change."""
    found = reads.edited(view, thing, number)
    if found is None:
        raise HTTPException(404)
    return found


def require_in(above: Thing, thing: Thing) -> None:
    """Raise `HTTPException` where nothing of this sort is in things of that one."""
    if thing not in IN.get(above, ()):
        raise HTTPException(404)


def given_caseloads(view: View) -> list[reads.Caseload]:
    """Return the operators whose caseload the viewer gives."""
    found = [one for one in reads.caseloads(view) if reads.edited(view, Thing.CASELOAD, one.number) is not None]
    view.listed.clear()  # of whose homes these are only the number is shown
    return found


def read_change(view: View, thing: Thing, number: int, form: Form, words: Words, now: datetime) -> fields.Read:
    """Return what somebody filled in of a thing that is there."""
    organisations, there = choices(view, thing), stands(view, thing, number)
    given = fields.read(thing, form, organisations, words, day_of(now, ROME), is_new=False)
    if thing is Thing.CASELOAD:  # it is called as its account is
        given = given._replace(wanted={**given.wanted, "name": there.state["name"]})
    return given


def read_new(
    view: View, above: Thing, number: int, thing: Thing, form: Form, words: Words, now: datetime
) -> fields.Read:
    """Return what somebody filled in of something that is to be made in another thing."""
    organisations = {each.key: each.name for each in administered(view)}
    stands(view, above, number)
    require_in(above, thing)
    return fields.read(thing, form, organisations, words, day_of(now, ROME), is_new=True)
