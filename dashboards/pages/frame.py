"""What stands around every page: who is signed in, the proof for forms, the language."""

from typing import Any, NamedTuple

from fastapi import HTTPException, Request
from starlette.responses import HTMLResponse

from alerts.watchdog.reads import watched
from core.database import View
from core.translation import mark
from dashboards.coordinated import COORDINATOR
from dashboards.desk import Desk
from dashboards.research.reads import researches
from dashboards.rules import sees_rules
from dashboards.tokens import masked
from dashboards.visitors import Visitor
from dashboards.watch import ROME, said
from dashboards.wording import Words
from ingest.rejects.reads import is_in_charge
from registry.agreement import Capacity
from registry.reads import Sight, close_persons, own_account, seen_organisations, sees

UNTRANSLATED = mark("This page is in Italian: it is not translated yet.")
ADMINISTRATOR = "administrator"


class Frame(NamedTuple):
    """The frame of one page for one visitor; `is_in_charge` of devices or not, `sees_rules` or not.

    `gets_tasks`: they are of an association, to which tasks are handed over. `coordinates`, `administers`,
    `researches`: they do somewhere.
    `cares`: they answer for people, and see how these live; `sees_family`: something of somebody may be shared with
    them; `is_self`: they are somebody who is looked after, or decide for one. `watch` is what the visitor must know of
    the machinery: that alerts are not worked on, for instance.
    """

    desk: Desk
    visitor: Visitor
    account_name: str
    path: str
    is_in_charge: bool
    sees_rules: bool
    watch: tuple[str, ...]
    gets_tasks: bool
    coordinates: bool
    administers: bool
    researches: bool
    cares: bool
    sees_family: bool
    is_self: bool

    @classmethod
    def around(cls, request: Request, desk: Desk, visitor: Visitor, view: View) -> "Frame":
        """Return the frame for a visitor who sees `view`."""
        account = own_account(view)
        organisations = seen_organisations(view)
        rules, gets_tasks = sees_rules(organisations), any(each.kind == "association" for each in organisations)
        coordinates = any(COORDINATOR in each.roles for each in organisations)
        administers = any(ADMINISTRATOR in each.roles for each in organisations)
        words = Words(visitor.language)
        watch = said(watched(view), visitor.now, ROME, words, desk.settings.alerts_silent_after)
        name = account.name if account else ""
        path, in_charge = request.url.path, is_in_charge(view)
        close = close_persons(view, visitor.now)
        return cls(
            desk,
            visitor,
            name,
            path,
            in_charge,
            rules,
            tuple(watch),
            gets_tasks,
            coordinates,
            administers,
            researches(view),
            cares=sees(view, Sight.LIFE),
            sees_family=any(one.capacity is not Capacity.SELF for one in close),
            is_self=any(one.capacity is not Capacity.FAMILY for one in close),
        )

    @property
    def first_page(self) -> str:
        """Where the visitor begins: the board of who answers for people, else what else they are here for."""
        pages = (
            (self.cares, "/"),
            (self.sees_family, "/family"),
            (self.is_self, "/mine"),
            (self.administers, "/administration"),
            (self.is_in_charge, "/install"),
            (self.researches, "/research"),
        )
        return next((path for is_theirs, path in pages if is_theirs), "/account")

    def require_care(self) -> None:
        """Answer 404 to who answers for nobody, and sees of nobody how they live."""
        if not self.cares:
            raise HTTPException(404)

    @property
    def words(self) -> Words:
        """The words of the visitor's language."""
        return Words(self.visitor.language)

    def _untranslated(self) -> str:
        """Return in the visitor's own language that the page does not speak it; "" where it does."""
        visitor = self.visitor
        return "" if visitor.preferred == visitor.language else Words(visitor.preferred).say(UNTRANSLATED)

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page or a part of one."""
        return self.desk.renderer.page(
            template,
            self.visitor.language,
            status,
            csrf=masked(self.visitor.csrf_token),
            account_name=self.account_name,
            path=self.path,
            is_in_charge=self.is_in_charge,
            sees_rules=self.sees_rules,
            gets_tasks=self.gets_tasks,
            coordinates=self.coordinates,
            administers=self.administers,
            researches=self.researches,
            cares=self.cares,
            sees_family=self.sees_family,
            is_self=self.is_self,
            now=self.visitor.now,
            watch=self.watch,
            preferred=self.visitor.preferred,
            untranslated=self._untranslated(),
            **values,
        )
