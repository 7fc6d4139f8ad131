"""The file that describes identity providers; the secrets stand in files of their own.

`load` reads it and tells everything that is wrong at once, each with its line.
"""

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from urllib.parse import urlsplit

import msgspec

from alerts.channels.http import is_protected
from core.languages import written
from registry import reading
from registry.reading import FileError, text_of
from registry.rules import Fault

__all__ = ["FileError", "Name", "Provider", "Providers", "load", "origin_of", "parse"]

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
# It goes into a header: nothing may end it and begin another directive.
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
SKEW_S = 60
MOST_SKEW_S = 600
OPENID = "openid"


class Name(msgspec.Struct, frozen=True):
    """What people read on the button."""

    it: str
    en: str


class Provider(msgspec.Struct, frozen=True, omit_defaults=True):
    """One identity provider.

    `organisation`: it signs in accounts that belong to it and those below alone; "" for accounts of all.
    `identified_by`: the claim that tells who somebody is. `acr`: one of these has to be in the ID token; the first
    are asked for first. `second_factor_acr`, `second_factor_amr`: where one of these is in it, its sign-in counts as
    the second factor. `leads_to`: other hosts to which its sign-in page sends the browser on, as `https://host`.
    `clock_skew_s`: by how many seconds its clock may differ from ours.
    """

    key: str
    name: Name
    issuer: str
    client_id: str
    client_secret_file: str
    organisation: str = ""
    identified_by: str = "sub"
    scopes: tuple[str, ...] = (OPENID,)
    acr: tuple[str, ...] = ()
    second_factor_acr: tuple[str, ...] = ()
    second_factor_amr: tuple[str, ...] = ()
    leads_to: tuple[str, ...] = ()
    clock_skew_s: int | None = None

    @property
    def skew_s(self) -> int:
        """By how many seconds its clock may differ from ours."""
        return SKEW_S if self.clock_skew_s is None else self.clock_skew_s

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins to which a form of ours may lead for its sake: its own, and those that it leads on to."""
        return tuple(dict.fromkeys((origin_of(self.issuer), *self.leads_to)))

    def is_called(self, language: str) -> str:
        """Return its name in a language."""
        return self.name.en if written(language) == "en" else self.name.it


class Providers(msgspec.Struct, frozen=True):
    """The identity providers of an installation, in the order in which they are offered."""

    providers: tuple[Provider, ...]


def load(path: FilePath) -> Providers:
    """Return the providers that the file at `path` describes, secrets at their absolute paths.

    A secret's path counts from the folder of the file. Raises `FileError` if the file breaks a rule, and `VicinoError`
    if it cannot be read at all.
    """
    found = parse(text_of(path), path.name)
    folder = path.resolve().parent
    return Providers(
        tuple(
            msgspec.structs.replace(one, client_secret_file=str(folder / one.client_secret_file))
            for one in found.providers
        )
    )


def parse(text: str, name: str = "providers.yaml") -> Providers:
    """Return the providers that `text` describes; `name` is what errors call it. Raises `FileError`."""
    return reading.parse(text, name, Providers, faults, "providers")


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address; "" where it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname or ""
    if not host:
        return ""
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + ("" if port is None else f":{port}")


def faults(document: Providers) -> Iterator[Fault]:
    """Tell which rules are broken."""
    seen: set[str] = set()
    for index, one in enumerate(document.providers):
        for name, sentence in _faults_of(one):
            yield Fault(("providers", index, name), sentence)
        if one.key in seen:
            yield Fault(("providers", index, "key"), f"there are two providers {one.key!r}")
        seen.add(one.key)


def _faults_of(one: Provider) -> Iterator[tuple[str, str]]:
    """Tell which entries of one provider are wrong, and what is wrong with them."""
    if not KEY.fullmatch(one.key):
        yield "key", f"{one.key!r} is no key: small letters, digits and '-', at most 31"
    if not is_protected(one.issuer) or not ORIGIN.fullmatch(origin_of(one.issuer)) or set("?#") & set(one.issuer):
        yield "issuer", f"{one.issuer!r} is no issuer: an address that begins with https://"
    for name in ("client_id", "client_secret_file", "identified_by"):
        if not getattr(one, name):
            yield name, f"'{name}' is empty"
    if OPENID not in one.scopes:
        yield "scopes", f"'{OPENID}' is not among the scopes"
    for name in ("scopes", "acr", "second_factor_acr", "second_factor_amr"):
        if any(len(each.split()) != 1 for each in getattr(one, name)):
            yield name, f"an entry of '{name}' is empty or has a space in it"
    if any(not is_protected(each) or not ORIGIN.fullmatch(each) for each in one.leads_to):
        yield "leads_to", "an entry of 'leads_to' is not just https:// and a host"
    if not 0 <= one.skew_s <= MOST_SKEW_S:
        yield "clock_skew_s", f"'clock_skew_s' is {one.skew_s}; it can be 0 to {MOST_SKEW_S}"
