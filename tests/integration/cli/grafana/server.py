"""A small server that behaves like Grafana's API, as its documentation has it: folders, data sources, dashboards.

It keeps what it is sent with ids, versions and messages of its own, refuses a version that is not the latest, a name or
uid that is taken, and a token that it does not know; secrets go in and never come out. `fails` makes a path answer
something else.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "glsa_a-token-of-a-service-account"


class Refusal(Exception):  # noqa: N818 - an answer like others
    def __init__(self, code: int, message: str, **more: str) -> None:
        super().__init__(message)
        self.code, self.body = code, {"message": message, **more}


class Kept:
    """What the server keeps, and what it was asked."""

    def __init__(self, *, wrapped_versions: bool = True) -> None:
        self.folders: dict[str, dict[str, Any]] = {}
        self.sources: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, dict[str, str]] = {}
        self.boards: dict[str, list[dict[str, Any]]] = {}
        self.meta: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[Any] = []
        self.fails: dict[tuple[str, str], tuple[int, str]] = {}
        self.before: dict[tuple[str, str], Any] = {}
        self.wrapped_versions = wrapped_versions
        self.normalises = False

    @property
    def changes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path in self.asked if method != "GET"]

    def by_hand(self, uid: str, **changes: Any) -> None:
        """Save a dashboard as somebody does in the editor."""
        latest = self.boards[uid][-1]
        model = {**latest["data"], **changes, "version": latest["version"] + 1}
        self.boards[uid].append({"version": latest["version"] + 1, "message": "", "data": model})

    def answer(self, method: str, address: str, body: Any, token: str) -> Any:  # noqa: C901, PLR0911, PLR0912 - a line for each call
        parts = urlsplit(address)
        self.asked.append((method, parts.path))
        if token != f"Bearer {TOKEN}":
            raise Refusal(401, "Invalid API key")
        for (verb, beginning), (status, message) in self.fails.items():
            if verb == method and parts.path.startswith(beginning):
                raise Refusal(status, message)
        if (method, parts.path) in self.before:
            self.before.pop((method, parts.path))()
        match [method, *parts.path.strip("/").split("/")]:
            case ["GET", "api", "folders", uid]:
                return self._found(self.folders, uid, "folder not found")
            case ["POST", "api", "folders"]:
                if body["uid"] in self.folders:
                    raise Refusal(409, "a folder with the same UID already exists")
                self.folders[body["uid"]] = {"id": 1, **body, "version": 1}
                return self.folders[body["uid"]]
            case ["PUT", "api", "folders", uid]:
                folder = self._found(self.folders, uid, "folder not found")
                if body.get("version") != folder["version"] and not body.get("overwrite"):
                    raise Refusal(412, "The folder has been changed by someone else", status="version-mismatch")
                folder |= {"title": body["title"], "version": folder["version"] + 1}
                return folder
            case ["GET", "api", "datasources", "uid", uid]:
                return self._found(self.sources, uid, "Data source not found")
            case ["POST", "api", "datasources"]:
                return self._new_source(body)
            case ["PUT", "api", "datasources", "uid", uid]:
                return self._changed_source(uid, body)
            case ["GET", "api", "dashboards", "uid", uid]:
                latest = self._found(self.boards, uid, "Dashboard not found")[-1]
                model = {**latest["data"], "schemaVersion": 42, "preload": False} if self.normalises else latest["data"]
                return {"dashboard": model, "meta": {"provisioned": False, **self.meta[uid]}}
            case ["GET", "api", "dashboards", "uid", uid, "versions"]:
                found = [
                    {"version": each["version"], "message": each["message"]}
                    for each in reversed(self._found(self.boards, uid, "Dashboard not found"))
                ][: int(parse_qs(parts.query)["limit"][0])]
                return {"continueToken": "", "versions": found} if self.wrapped_versions else found
            case ["POST", "api", "dashboards", "db"]:
                return self._saved(body)
            case ["GET", "api", "search"]:
                wanted = parse_qs(parts.query)["folderUIDs"]
                return [
                    {"uid": uid, "title": versions[-1]["data"]["title"], "type": "dash-db"}
                    for uid, versions in self.boards.items()
                    if self.meta[uid].get("folderUid") in wanted
                ]
        raise Refusal(404, "Not found")

    def _new_source(self, body: Any) -> Any:
        if any(body["name"] == each["name"] or body["uid"] == each["uid"] for each in self.sources.values()):
            raise Refusal(409, "data source with the same name already exists")
        self._keep_source({"id": len(self.sources) + 1, "version": 1, "readOnly": False, **body})
        return {"message": "Datasource added", "id": len(self.sources)}

    def _changed_source(self, uid: str, body: Any) -> Any:
        known = self._found(self.sources, uid, "Data source not found")
        if known["readOnly"]:
            raise Refusal(403, "Cannot update read-only data source")
        if body.get("version") not in {None, 0, known["version"]}:
            raise Refusal(409, "Datasource has already been updated by someone else. Please reload and try again")
        self._keep_source({**known, **body, "version": known["version"] + 1})
        return {"message": "Datasource updated"}

    def _keep_source(self, source: dict[str, Any]) -> None:
        secret = self.secrets.setdefault(source["uid"], {})
        secret |= source.pop("secureJsonData", {})
        self.sources[source["uid"]] = {**source, "secureJsonFields": dict.fromkeys(secret, True)}

    def _saved(self, body: Any) -> Any:
        model = body["dashboard"]
        uid = model["uid"]
        if len(uid) > 40 or not model.get("title"):
            raise Refusal(400, "Dashboard title cannot be empty")
        if body.get("folderUid") not in self.folders:
            raise Refusal(400, "folder not found")
        versions = self.boards.setdefault(uid, [])
        if versions and self.meta[uid].get("provisioned"):
            raise Refusal(400, "Cannot save provisioned dashboard")
        if versions and not body.get("overwrite"):
            if model.get("id") is None:
                raise Refusal(412, "A dashboard with the same uid already exists", status="name-exists")
            if model.get("version") != versions[-1]["version"]:
                raise Refusal(412, "The dashboard has been changed by someone else", status="version-mismatch")
        version = len(versions) + 1
        number = versions[0]["data"]["id"] if versions else len(self.boards)
        kept = {**model, "id": number, "version": version}
        versions.append({"version": version, "message": body.get("message", ""), "data": kept})
        self.meta[uid] = {"folderUid": body["folderUid"]}
        return {"id": number, "uid": uid, "status": "success", "version": version}

    @staticmethod
    def _found(where: dict[str, Any], uid: str, message: str) -> Any:
        if not where.get(uid):
            raise Refusal(404, message)
        return where[uid]


@contextmanager
def grafana(kept: Kept) -> Iterator[str]:
    """Serve what is kept on a free port; give the address."""

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            kept.bodies.append(body)
            try:
                status, said = 200, kept.answer(self.command, self.path, body, self.headers.get("Authorization", ""))
            except Refusal as refusal:
                status, said = refusal.code, refusal.body
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = _do  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
