"""What Grafana lacks of the folder, the data sources and the dashboards, and bringing it there.

Nothing is done twice: what is as it should be is left alone. A dashboard is told by the message of its latest version,
which names a digest of the model that was sent: Grafana may keep a model otherwise than it was sent, with fields of its
own and brought up to its schema. Whoever changed it by hand left another message.
"""

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from cli.grafana.client import Grafana
from dashboards.grafana.boards import FOLDER_TITLE, FOLDER_UID
from dashboards.grafana.sources import Model, Source

MESSAGE = "vicino grafana provision "
OWN = ("id", "version")  # what Grafana numbers by itself


class Standing(StrEnum):
    """How something stands in Grafana, against what it should be."""

    MISSING = "missing"
    DIFFERENT = "different"
    BY_HAND = "changed by hand"
    BY_FILE = "provisioned by a file"
    OTHER = "not ours"
    SAME = "as it should be"


TO_DO = frozenset({Standing.MISSING, Standing.DIFFERENT, Standing.BY_HAND})


class Item(NamedTuple):
    """One thing: what it is called, how it stands, what is there and what should be, and what would bring it there."""

    what: str
    standing: Standing
    there: Model
    wanted: Model
    method: str = ""
    path: str = ""
    body: Model = {}  # noqa: RUF012 - never changed

    def diff(self) -> list[str]:
        """Return the lines that differ, as `diff -u` shows them; nothing where nothing is to be done."""
        if self.standing not in TO_DO:
            return []
        old, new = (_lines(each) for each in (self.there, self.wanted))
        return list(difflib.unified_diff(old, new, f"{self.what} (in Grafana)", f"{self.what} (wanted)", lineterm=""))


def _lines(model: Model) -> list[str]:
    return json.dumps(model, indent=1, sort_keys=True, ensure_ascii=False).splitlines() if model else []


def digest(model: Mapping[str, Any]) -> str:
    """Return what names a model: the first 64 bits of the SHA-256 of its canonical JSON."""
    return hashlib.sha256(json.dumps(model, sort_keys=True).encode()).hexdigest()[:16]


def look(grafana: Grafana, sources: Sequence[Source], boards: Sequence[Model], *, anew: bool = False) -> list[Item]:
    """Return how everything stands; changes nothing. `anew`: passwords are sent although one is there.

    Raises `Refused` where Grafana does not answer or will not tell.
    """
    return [
        _folder(grafana),
        *(_source(grafana, source, anew=anew) for source in sources),
        *(_board(grafana, board) for board in boards),
        *_others(grafana, boards),
    ]


def bring(grafana: Grafana, items: Sequence[Item]) -> Iterator[Item]:
    """Bring Grafana there, one after the other; yield what was done. Raises `Refused` at the first that fails."""
    for item in items:
        if item.standing in TO_DO:
            grafana.send(item.method, item.path, item.body)
            yield item


def _folder(grafana: Grafana) -> Item:
    wanted: Model = {"uid": FOLDER_UID, "title": FOLDER_TITLE}
    there = grafana.get(f"/api/folders/{FOLDER_UID}")
    what = f"folder {FOLDER_TITLE}"
    if there is None:
        return Item(what, Standing.MISSING, {}, wanted, "POST", "/api/folders", wanted)
    known = {name: there.get(name) for name in wanted}
    if known == wanted:
        return Item(what, Standing.SAME, known, wanted)
    body = {"title": FOLDER_TITLE, "version": there.get("version")}
    return Item(what, Standing.DIFFERENT, known, wanted, "PUT", f"/api/folders/{FOLDER_UID}", body)


def _source(grafana: Grafana, source: Source, *, anew: bool) -> Item:
    model, secret = source
    what = f"data source {model['name']}"
    body = {**model, "secureJsonData": source.secret} if secret else dict(model)
    path = f"/api/datasources/uid/{model['uid']}"
    there = grafana.get(path)
    if there is None:
        return Item(what, Standing.MISSING, {}, model, "POST", "/api/datasources", body)
    known = _of(there, model)
    if there.get("readOnly"):
        return Item(what, Standing.BY_FILE, known, model)
    lacking = set(secret) - {name for name, is_set in (there.get("secureJsonFields") or {}).items() if is_set}
    if known == model and not lacking and not (anew and secret):
        return Item(what, Standing.SAME, known, model)
    # What only Grafana knows of it is sent back as it was: settings that people made there are kept.
    kept = {"jsonData": {**(there.get("jsonData") or {}), **model["jsonData"]}, "version": there.get("version")}
    return Item(what, Standing.DIFFERENT, known, model, "PUT", path, {**body, **kept})


def _of(there: Mapping[str, Any], model: Model) -> Model:
    """Return of what is there as much as the model speaks of."""
    kept: Mapping[str, Any] = there.get("jsonData") or {}
    found = {name: there.get(name) for name in model}
    return {**found, "jsonData": {name: kept[name] for name in model["jsonData"] if name in kept}}


def _board(grafana: Grafana, model: Model) -> Item:
    uid, what = model["uid"], f"dashboard {model['title']}"
    message = MESSAGE + digest(model)
    there = grafana.get(f"/api/dashboards/uid/{uid}")
    body = {"dashboard": {"id": None, **model}, "folderUid": FOLDER_UID, "message": message, "overwrite": False}
    if there is None:
        return Item(what, Standing.MISSING, {}, model, "POST", "/api/dashboards/db", body)
    dashboard, meta = there["dashboard"], there.get("meta") or {}
    known = {name: value for name, value in dashboard.items() if name not in OWN}
    if meta.get("provisioned"):
        return Item(what, Standing.BY_FILE, known, model)
    latest = _latest_message(grafana, uid)
    in_place = meta.get("folderUid") == FOLDER_UID
    if in_place and (known == model or latest == message):
        return Item(what, Standing.SAME, known, model)
    own = {name: dashboard.get(name) for name in OWN}
    standing = Standing.DIFFERENT if latest.startswith(MESSAGE) else Standing.BY_HAND
    return Item(what, standing, known, model, "POST", "/api/dashboards/db", {**body, "dashboard": {**model, **own}})


def _latest_message(grafana: Grafana, uid: str) -> str:
    """Return the message of the latest version; Grafana 11 wraps the list that earlier ones answer with."""
    found = grafana.get(f"/api/dashboards/uid/{uid}/versions?limit=1") or []
    versions = found.get("versions", []) if isinstance(found, dict) else found
    return str(versions[0].get("message", "")) if versions else ""


def _others(grafana: Grafana, boards: Sequence[Model]) -> Iterator[Item]:
    """Yield what else lies in the folder: it is somebody's, and is kept."""
    ours = {board["uid"] for board in boards}
    for found in grafana.get(f"/api/search?type=dash-db&folderUIDs={FOLDER_UID}&limit=5000") or []:
        if found.get("uid") not in ours:
            yield Item(f"dashboard {found.get('title', '')}", Standing.OTHER, {}, {})
