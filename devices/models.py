"""The catalogue: what is known of each model of device, as data that everybody reads alike.

A model is a file `catalogue/<vendor>/<model>.toml`. What holds for all of a kind stands in `catalogue/kinds.toml`, what
holds for all of a battery in `catalogue/batteries.toml`. A model that is not there is no fault: its values are found
and shown, and wait to be described.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal, TypeVar

import msgspec

from core.errors import VicinoError
from core.languages import written

PROTOCOLS = ("zigbee2mqtt", "lorawan", "ble", "shelly", "tasmota", "homeassistant", "senml")
Protocol = Literal["zigbee2mqtt", "lorawan", "ble", "shelly", "tasmota", "homeassistant", "senml"]
Action = Literal["walk", "open", "press", "lie", "sit", "test", "wet", "warm", "light", "switch", "measure", "sound"]
_FILE = re.compile(r"[^a-z0-9]+")
_Found = TypeVar("_Found")


class CatalogueError(VicinoError):
    """A file of the catalogue cannot be read."""


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Data of the catalogue: what is not described here is a mistake."""


class Text(_Data, frozen=True, kw_only=True):
    """A text for people, in each language."""

    en: str
    it: str

    def of(self, language: str) -> str:
        """Return the text in `language`, or in what its readers understand best of Italian and English."""
        return self.it if written(language) == "it" else self.en


class WalkTest(_Data, frozen=True, kw_only=True):
    """How an installer makes a device answer: what to do, and the quantities any of which is the answer."""

    action: Action
    instruction: Text
    answers: tuple[str, ...]


class Kind(_Data, frozen=True, kw_only=True):
    """A kind of device: its name, where and how to mount it, and how to try it.

    `refractory_s` says by quantity within how many seconds activations count as one.
    """

    name: Text
    advice: Text
    walk_test: WalkTest
    refractory_s: Mapping[str, float] = {}


class Chemistry(_Data, frozen=True, kw_only=True):
    """Types of battery alike: volts of one cell when new and when empty, and how what devices say of it falls.

    `flat`: near full for most of its life, then it falls within weeks; `steady`: it falls all the time.
    """

    types: tuple[str, ...]
    full_v: float
    empty_v: float
    discharge: Literal["flat", "steady"]
    note: Text


class Interval(_Data, frozen=True, kw_only=True):
    """How often a device reports although nothing happens, in seconds; None if it speaks only when it is used.

    `source` says where the figure comes from; `estimated` if no document states it.
    """

    seconds: int | None = None
    source: str
    estimated: bool = False


class Power(_Data, frozen=True, kw_only=True):
    """What a device runs on. `life_days` is how long its `count` batteries last in a home, where that is known.

    `tells` is how it speaks of its battery: by per cent, by volts, only that it is low, or not at all.
    """

    source: Literal["battery", "mains", "rechargeable"]
    battery: str = ""
    count: int = 0
    life_days: int | None = None
    estimated: bool = False
    tells: tuple[Literal["percent", "voltage", "low"], ...] = ()
    backup: bool = False  # fed by mains, with a battery for power cuts


class Hold(_Data, frozen=True, kw_only=True):
    """A motion sensor's time: `seconds` is for how long it says "occupied" after the last movement it saw.

    `blind_seconds` is how long after a movement it sees no other, if it is so; `adjustable` if it can be set.
    """

    seconds: int | None = None
    blind_seconds: int = 0
    adjustable: bool = False
    estimated: bool = False


class Signal(_Data, frozen=True, kw_only=True):
    """A device that can call attention: what is published to it, as JSON, to begin and to end."""

    sound: bool = False
    light: bool = False
    on: str
    off: str
    seconds_at_most: int | None = None


class Example(_Data, frozen=True, kw_only=True):
    """A message of the device and what it becomes: its test and its documentation.

    The message is a text (`payload`) or bytes (`hex`), for LoRaWAN with its `port`. `readings` are values in the unit
    of their quantity, by quantity or quantity/channel; `others` names what is handed back without being mapped;
    `refused` is the reason if it cannot be used at all. `decoder` is named where it is not the protocol's usual one.
    """

    title: str
    payload: str = ""
    hex: str = ""
    port: int = 0
    decoder: str = ""
    readings: Mapping[str, float] = {}
    others: tuple[str, ...] = ()
    refused: str = ""


class Model(_Data, frozen=True, kw_only=True):
    """One model, as its system names it; `aliases` are other names it is reported by, "Vendor Model" of other vendors.

    `meanings` says what a quantity is on this model, where it is another than its messages say: a strap under the
    mattress tells occupancy, and that is occupancy of the bed. `exposes` is what the system declares of a property,
    where an example cannot be read rightly without. `extra_advice` adds to that of its kind; `refractory_s` stands
    instead of those of its kind, by quantity.
    """

    vendor: str
    model: str
    name: str
    kind: str
    protocol: Protocol
    quantities: tuple[str, ...]
    interval: Interval
    power: Power
    examples: tuple[Example, ...]
    sources: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    extra_advice: Text | None = None
    walk_test: WalkTest | None = None
    hold: Hold | None = None
    refractory_s: Mapping[str, float] = {}
    signal: Signal | None = None
    meanings: Mapping[str, str] = {}
    exposes: tuple[Mapping[str, Any], ...] = ()

    def advice(self, language: str) -> str:
        """Return where and how to mount it: what holds for its kind, then what is its own."""
        parts = [kinds()[self.kind].advice, self.extra_advice]
        return " ".join(part.of(language) for part in parts if part is not None)

    @property
    def refractory(self) -> Mapping[str, float]:
        """Within how many seconds activations count as one, by those of its quantities for which that is so."""
        all_of_it = {**kinds()[self.kind].refractory_s, **self.refractory_s}
        return {quantity: seconds for quantity, seconds in all_of_it.items() if quantity in self.quantities}

    @property
    def test(self) -> WalkTest:
        """How an installer makes it answer."""
        return self.walk_test or kinds()[self.kind].walk_test


class Filed(_Data, frozen=True, kw_only=True):
    """A model and where in the catalogue it stands."""

    vendor_folder: str
    file: str
    model: Model


def find(model: str, vendor: str = "") -> Model | None:
    """Return the model that a device reports, or None if the catalogue does not know it.

    Case and punctuation do not count. A vendor that is reported must be the model's, by the beginning of its name, or
    stand before the alias under which that vendor sells it.
    """
    found = _index().get(plain(model))
    if found is not None and _same_vendor(plain(vendor), plain(found.vendor)):
        return found
    return _index().get(plain(f"{vendor} {model}")) if vendor else None


def full_name(model: str, vendor: str = "") -> str:
    """Return vendor and model as the catalogue calls them, else as they are reported; `find` knows the model by it."""
    found = find(model, vendor)
    return f"{found.vendor} {found.model}" if found else f"{vendor} {model}".strip()


def meanings(model: str) -> Mapping[str, str]:
    """Return what quantities are on a model where they are others than its messages say; empty for most models."""
    found = find(model)
    return {} if found is None else found.meanings


def models() -> tuple[Model, ...]:
    """Return all models, ordered by vendor and name."""
    return tuple(filed.model for filed in catalogue())


@cache
def catalogue() -> tuple[Filed, ...]:
    """Return all models and where they stand. Raises `CatalogueError`."""
    return tuple(
        Filed(vendor_folder=folder.name, file=file.name, model=read(file, Model))
        for folder in _sorted(_root().iterdir())
        if folder.is_dir()
        for file in _sorted(folder.iterdir())
        if file.name.endswith(".toml")
    )


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of device by name. Raises `CatalogueError`."""
    return read(_root() / "kinds.toml", dict[str, Kind])


@cache
def batteries() -> Mapping[str, Chemistry]:
    """Return how batteries behave, by their type. Raises `CatalogueError`."""
    chemistries = read(_root() / "batteries.toml", dict[str, Chemistry])
    return {type_: chemistry for chemistry in chemistries.values() for type_ in chemistry.types}


def plain(name: str) -> str:
    """Return a name without case and punctuation, as names are compared."""
    return _FILE.sub("", name.lower())


def file_name(name: str) -> str:
    """Return a vendor's or model's name as the folder or file of the catalogue is called."""
    return _FILE.sub("_", name.lower()).strip("_")


@cache
def _index() -> Mapping[str, Model]:
    return {
        plain(name): model
        for model in models()
        for name in (f"{model.vendor} {model.model}", model.model, *model.aliases)
    }


def _same_vendor(said: str, known: str) -> bool:
    return said.startswith(known) or known.startswith(said)


def _root() -> Traversable:
    return resources.files("devices") / "catalogue"


def _sorted(entries: Iterable[Traversable]) -> Iterator[Traversable]:
    yield from sorted(entries, key=lambda entry: entry.name)


def read(file: Traversable, type_: type[_Found]) -> _Found:
    """Return what a file of the catalogue says. Raises `CatalogueError` if it is not as described here."""
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), type_)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CatalogueError(f"The catalogue's {file.name} cannot be read: {error}") from error
