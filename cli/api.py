"""`vicino api`: every address of the REST API, as `docs/reference/api.md` lists them."""

from collections import defaultdict
from typing import Any

from dashboards.api.application import PATH, described_api
from dashboards.api.problems import TOLD, Kind
from dashboards.api.scopes import MEANINGS

HEAD = f"""# REST API

This page is what `vicino api` prints. The whole description, with what goes in and comes out, is served by each
installation at `{PATH}/openapi.json`.

```sh
TOKEN=$(vicino token make anna --name "weekly report" --scope alerts:read --scope homes:read)
curl -H "Authorization: Bearer $TOKEN" "http://127.0.0.1:8000{PATH}/alerts?state=open"
```

* A token acts for an account and sees what that account may see, within its scopes. Only a digest of it is kept.
* Lists come in parts: go on with `next` as `cursor`, until it is null.
* Every answer has an `ETag`; `If-None-Match` is answered by 304 where nothing has changed.
* A document of the administration is changed as a whole, with its `ETag` as `If-Match`: nobody overwrites unseen.
* Problems are told as RFC 9457 says (`application/problem+json`), in Italian or English by `Accept-Language`.
* Instants are in UTC, days are local days of the home, units are UCUM.
* `{PATH}/events` tells that something changed, as it happens, and carries no data about anybody.
* Within version 1 nothing is taken away and no meaning changes. What is new is added: ignore what you do not know.
"""


def page() -> str:
    """Return the whole page, in Markdown."""
    described = described_api().openapi()
    by_tag: defaultdict[str, list[str]] = defaultdict(list)
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            by_tag[operation["tags"][0]].append(_row(method, path, operation))
    parts = [HEAD, "## Scopes\n", "| scope | what it gives |", "|---|---|"]
    parts += [f"| `{scope}` | {meaning} |" for scope, meaning in MEANINGS.items()]
    for tag, rows in by_tag.items():
        parts += [
            "",
            f"## {tag.capitalize()}\n",
            "| address | scope | what it does | takes |",
            "|---|---|---|---|",
            *rows,
        ]
    parts += ["", "## Problems\n", "| `type` | status | what happened |", "|---|---|---|"]
    parts += [f"| `urn:vicino:problem:{kind}` | {TOLD[kind].status} | {TOLD[kind].detail} |" for kind in Kind]
    return "\n".join(parts)


def _row(method: str, path: str, operation: dict[str, Any]) -> str:
    scopes = " ".join(f"`{scope}`" for needed in operation["security"] for scope in needed["token"]) or "any"
    takes = [f"`{one['name']}`" for one in operation.get("parameters", []) if one["in"] in {"query", "header"}]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        takes.append(f"a `{schema}`")
    return f"| `{method.upper()} {path}` | {scopes} | {operation['description']} | {', '.join(takes)} |"


def show() -> None:
    """Print every address of the REST API, in Markdown."""
    print(page())
