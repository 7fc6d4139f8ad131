"""`vicino gateway`: enrols gateways, renews and revokes their credentials, and says how each stands."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

import ingest.reads
from cli import access
from cli.installation import Installation
from cli.options import DEFAULT_DATA, Data, Json
from cli.screen import messages, results
from cli.test_alarm import ask_for_test
from core.access import emqx, mosquitto
from core.access.accounts import SERVICES
from core.access.mosquitto import Login
from core.clock import SystemClock
from core.credentials import Credentials
from core.errors import VicinoError
from core.topics import KEY
from devices import enrolment, qr
from devices.composition import rules_of
from devices.gateways import repository
from devices.gateways.reads import Enrolment
from embedded.privatefile import write_private

app = typer.Typer(help="Gateways: their credentials, and whether they follow what they are told.", no_args_is_help=True)
app.command("test-alarm")(ask_for_test)

# A gateway that is online confirms within seconds; what takes longer is worth a look.
CONFIRMED_WITHIN = timedelta(minutes=10)

# What of a gateway's last word is printed as it is.
_SAID = (
    "online", "received_at", "version", "power", "trouble", "unreachable", "unheard", "told", "update_result",
    "update_version", "update_reason", "update_at", "left_out",
)  # fmt: skip

Gateway = Annotated[str, typer.Argument(help="The gateway's key, as `vicino gateway list` shows it.")]
File = Annotated[
    Path | None, typer.Option("--file", help="Where to write the credentials; KEY.toml in this folder if not given.")
]
Image = Annotated[Path | None, typer.Option("--qr", help="Also write the QR code: a file that ends in .svg or .png.")]
Authority = Annotated[
    Path | None,
    typer.Option("--ca", help="Certificate (PEM) of the authority that speaks for the broker, if it is one of yours."),
]


class Format(StrEnum):
    """For whom access control is written."""

    MOSQUITTO = "mosquitto"
    EMQX = "emqx"
    EMQX_USERS = "emqx-users"


@app.command("enrol")
def enrol(
    home: Annotated[str, typer.Argument(help="The home's key, as in the registry.")],
    key: Annotated[str | None, typer.Option("--key", help="The gateway's key; gw-HOME for a new one.")] = None,
    file: File = None,
    image: Image = None,
    authority: Authority = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Make credentials for the gateway of a home. They are shown once: as a QR code and in a file for the gateway."""
    installation = Installation(data)
    with installation.database() as database:
        gateway = enrolment.place(database, home, key)
        enrolment.require_new(database, gateway)
        _hand_out(installation, gateway, file, image, authority)


@app.command("renew")
def renew(
    gateway: Gateway,
    file: File = None,
    image: Image = None,
    authority: Authority = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Replace a gateway's credentials. The old ones are void at once, and whoever uses them is disconnected."""
    _hand_out(Installation(data), gateway, file, image, authority)


@app.command("revoke")
def revoke(gateway: Gateway, data: Data = DEFAULT_DATA) -> None:
    """Take a gateway's credentials away: it is disconnected at once and cannot come back."""
    installation = Installation(data)
    with installation.database() as database, access.accounts(installation) as control:
        enrolment.revoke(database, control, gateway, SystemClock().now())
    results.print(f"The gateway {gateway} can no longer connect. What it sent is kept.", highlight=False)
    if control is None:
        _say_unmanaged()


@app.command("forget")
def forget(gateway: Gateway, data: Data = DEFAULT_DATA) -> None:
    """Remove what the broker keeps of a gateway that is registered no more: its last words, and what it was told."""
    installation = Installation(data)
    with installation.database() as database:
        if gateway in {each.gateway for each in enrolment.listed(database)}:
            raise VicinoError(
                f"The gateway {gateway!r} is registered: it would not be told its configuration any more.",
                kept="what the broker keeps of it",
                advice="to take its credentials away use `vicino gateway revoke`",
            )
    if not KEY.fullmatch(gateway):
        raise VicinoError(
            f"{gateway!r} is no gateway's key.", advice="see it in the messages of what went wrong before"
        )
    if access.forget_gateways(installation, [gateway]):
        results.print(f"The broker keeps nothing of {gateway} any more.", highlight=False)
    else:
        _say_unmanaged()


@app.command("list")
def list_(data: Data = DEFAULT_DATA, as_json: Json = False) -> None:
    """List the gateways: whether they may connect, follow the configuration they were sent, and what troubles them."""
    with Installation(data).database() as database:
        found = enrolment.listed(database)
        with database.transaction() as connection:
            said = ingest.reads.gateways_said(connection)
    now = SystemClock().now()
    if as_json:
        print(json.dumps([described(each, said[each.gateway], now) for each in found], indent=2, default=str))
        return
    table = Table("home", "gateway", "may connect", "since", "configuration", "heard", "difficulties")
    for each in found:
        since, word = each.revoked_at or each.renewed_at or each.enrolled_at, said[each.gateway]
        table.add_row(
            each.home,
            each.gateway,
            _may_connect(each),
            _instant(since),
            _following(each, now),
            _instant(word["received_at"]),
            escape("; ".join(difficulties(word))),
        )
    results.print(table)


@app.command("rules")
def rules(
    home: Annotated[str, typer.Argument(help="The home's key, as in the registry.")],
    file: Annotated[Path, typer.Argument(help="TOML: sirens, contacts, cancel_buttons, test_alarm_days and so on.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Set what a home's gateway does by itself when the service cannot be told. What the file leaves out is off."""
    try:
        described = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VicinoError(f"The rules in {file} cannot be read: {error}.", kept="the rules as they were") from error
    wanted = rules_of(described)
    with Installation(data).database() as database, database.transaction() as connection:
        if not repository.write_rules(connection, home, wanted, SystemClock().now()):
            raise VicinoError(f"There is no home {home!r}.", advice="look at its key (vicino registry show)")
    results.print(
        f"The rules of {home} are set. `vicino gateway list` tells when its gateway follows them.", highlight=False
    )


@app.command("acl")
def acl(
    form: Annotated[Format, typer.Option("--format", help="For which broker.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Print the access control that a broker of yours needs. docs/operations/gateways.md says where to put it."""
    if form is Format.EMQX:
        print(emqx.rules(), end="")
        return
    with Installation(data).database() as database:
        gateways = enrolment.logins(database)
    if form is Format.EMQX_USERS:
        print(emqx.accounts(gateways), end="")
        return
    services = [Login(account, None) for account in SERVICES]
    print(json.dumps(mosquitto.document([*services, *gateways]), indent=1))


def described(each: Enrolment, said: Mapping[str, Any], now: datetime) -> dict[str, object]:
    """Return how a gateway stands and what it last `said`, as `vicino gateway list --json` prints it."""
    waiting = each.unconfirmed_for(now)
    return {
        **each._asdict(),
        "state": each.state,
        "unconfirmed_s": None if waiting is None else round(waiting.total_seconds()),
        "overdue": waiting is not None and waiting > CONFIRMED_WITHIN,
        "said": {name: said[name] for name in _SAID},
        "difficulties": difficulties(said),
    }


def difficulties(said: Mapping[str, Any]) -> list[str]:
    """Return what a gateway said that keeps it from working as it should, or did since it was started."""
    found = []
    if said["unreachable"]:
        found.append(f"no connection to {', '.join(said['unreachable'])}")
    if said["trouble"]:
        found.append("other trouble" if said["trouble"] == "other" else said["trouble"])
    if said["unheard"]:
        found.append(f"{said['unheard']:,} messages lost for lack of room")
    if said["left_out"]:
        found.append(f"{said['left_out']:,} devices found that there was no room to list")
    if said["told"]:
        found.append(f"told contacts itself {said['told']:,} times")
    if said["update_result"] in ("refused", "rolled back"):
        reason = f": {said['update_reason']}" if said["update_reason"] else ""
        found.append(f"update {said['update_version']} {said['update_result']}{reason}")
    return found


def _hand_out(
    installation: Installation, gateway: str, file: Path | None, image: Path | None, authority: Path | None
) -> None:
    if image is not None and image.suffix not in (".svg", ".png"):
        raise VicinoError(f"{image} ends neither in .svg nor in .png.", kept="everything: nothing was made")
    try:
        ca = "" if authority is None else authority.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise VicinoError(
            f"The certificate {authority} cannot be read.", kept="everything: nothing was made"
        ) from error
    with installation.database() as database:
        (made,) = access.enrolled(installation, database, [gateway], SystemClock())
    made = made._replace(ca=ca)
    path = file or Path(made.file_name)
    _write(path, made, image)
    results.print(qr.terminal(made.to_link()), markup=False, highlight=False, soft_wrap=True)
    results.print(
        f"Credentials of the gateway {gateway} are in {path}. Copy them to the gateway (setting VICINO_ENROLMENT) and"
        " delete them here: they are not kept and cannot be shown again.",
        highlight=False,
        soft_wrap=True,
    )
    if not installation.manages_accounts:
        _say_unmanaged()


def _write(path: Path, made: Credentials, image: Path | None) -> None:
    try:
        write_private(path, made.to_toml())
        if image is not None and image.suffix == ".svg":
            write_private(image, qr.svg(made.to_link()))
        elif image is not None:
            image.touch(mode=0o600)
            image.write_bytes(qr.png(made.to_link()))
    except OSError as error:
        raise VicinoError(
            f"The credentials cannot be written: {error.strerror}.",
            kept="nothing of them: nobody knows them",
            advice=f"choose another place with --file: vicino gateway renew {made.gateway} --file ...",
        ) from error


def _say_unmanaged() -> None:
    messages.print(
        "[yellow]The broker cannot be told from here who may connect. If it is Mosquitto with dynamic-security,"
        " set VICINO_BROKER_ADMIN_URL; for others see docs/operations/gateways.md.[/yellow]",
        highlight=False,
        soft_wrap=True,
    )


def _may_connect(each: Enrolment) -> str:
    if each.state != "enrolled":
        return "no: revoked" if each.state == "revoked" else "no: not enrolled"
    return "yes" if each.admitted_at else "yes, once the broker knows"


def _following(each: Enrolment, now: datetime) -> str:
    if not each.version:
        return "none yet"
    waiting = each.unconfirmed_for(now)
    if waiting is None:
        return "confirmed" if each.confirmed == each.version else "not sent"
    said = f"not confirmed for {round(waiting.total_seconds() / 60)} min"
    return f"{said} (overdue)" if waiting > CONFIRMED_WITHIN else said


def _instant(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%Y-%m-%d %H:%M} UTC"
