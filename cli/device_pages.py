"""The catalogue of device models as pages of documentation in Markdown: an index, and a page for each kind."""

from collections.abc import Iterator, Mapping, Sequence

from devices.models import Example, Hold, Interval, Kind, Model, Power, Signal, Text, batteries, kinds, models

INDEX = "README.md"
_SYSTEMS: Mapping[str, str] = {
    "zigbee2mqtt": "Zigbee",
    "lorawan": "LoRaWAN",
    "ble": "Bluetooth",
    "shelly": "Shelly",
    "tasmota": "Tasmota",
    "homeassistant": "Home Assistant",
    "senml": "SenML",
}
# From how many seconds on a time is told in which unit, and the seconds in one.
_UNITS = (
    (360 * 86_400, 365 * 86_400, "year"),
    (2 * 86_400, 86_400, "day"),
    (3600, 3600, "hour"),
    (120, 60, "minute"),
    (0, 1, "second"),
)


def pages() -> dict[str, str]:
    """Return the pages by the name of their file."""
    by_kind = {name: [model for model in models() if model.kind == name] for name in kinds()}
    described = {name: found for name, found in by_kind.items() if found}
    written = {f"{name}.md": _page(kinds()[name], found) for name, found in described.items()}
    return {INDEX: _index(described), **written}


def model_section(model: Model) -> str:
    """Return what is known of one model."""
    return "\n".join(_model(model))


def duration(seconds: float) -> str:
    """Return a time as people say it, in the unit that fits."""
    size, unit = next((size, unit) for least, size, unit in _UNITS if seconds >= least)
    count = f"{round(seconds / size, 1):g}"
    return f"{count} {unit}" if count == "1" else f"{count} {unit}s"


def power(model: Model) -> str:
    """Return what a model runs on, in a few words."""
    found = model.power
    kind = f"{found.count} {found.battery}" if found.battery else "battery of an unstated type"
    if found.source == "mains":
        return f"mains, backup {kind}" if found.backup else "mains"
    return kind


def every(interval: Interval) -> str:
    """Return how often a model reports, in a few words."""
    if interval.seconds is None:
        return "when it is used"
    often = f"every {duration(interval.seconds)}".replace("every 1 ", "every ")
    return f"{often}{' (estimated)' if interval.estimated else ''}"


def _index(by_kind: Mapping[str, Sequence[Model]]) -> str:
    lines = [
        "# Models of devices",
        "",
        "What Vicino knows of each model: what it measures, how often it reports by itself, what it runs on, where to",
        "mount it, and messages of it with what they become, which are its tests. A model that is not here works all",
        'the same: its values are found, and it is shown as "found, not yet described".',
        "",
        "These pages are what `vicino devices catalogue docs/reference/devices` writes, from the files in",
        "`devices/catalogue/`. A figure that no document states is marked as estimated.",
        "",
        f"{sum(map(len, by_kind.values()))} models:",
        "",
        "| kind | models |",
        "|---|---|",
    ]
    for name, found in by_kind.items():
        listed = ", ".join(f"{model.vendor} {model.model}" for model in found)
        lines.append(f"| [{kinds()[name].name.en}]({name}.md) | {listed} |")
    return "\n".join([*lines, ""])


def _page(kind: Kind, found: Sequence[Model]) -> str:
    lines = [
        f"# {kind.name.en}",
        "",
        *_both("Mounting", kind.advice),
        *_both("Walk test", kind.walk_test.instruction),
        "| model | name | by | measures | reports | runs on |",
        "|---|---|---|---|---|---|",
    ]
    for model in found:
        measures = ", ".join(model.quantities)
        cells = (
            f"[{model.vendor} {model.model}](#{_anchor(model)})", model.name, _SYSTEMS[model.protocol], measures,
            every(model.interval), power(model),
        )  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    for model in found:
        lines += ["", *_model(model)]
    return "\n".join([*lines, ""])


def _model(model: Model) -> Iterator[str]:
    yield f"## {model.vendor} {model.model}"
    yield ""
    also = f", also reported as {', '.join(f'`{name}`' for name in model.aliases)}" if model.aliases else ""
    yield f"{model.name} ({_SYSTEMS[model.protocol]}){also}."
    yield ""
    yield f"* Measures: {', '.join(f'`{name}`' for name in model.quantities)}"
    for quantity, meant in model.meanings.items():
        yield f"* What it calls `{quantity}` is `{meant}`"
    yield f"* Reports: {every(model.interval)}. {model.interval.source}."
    yield f"* Runs on: {'. '.join(_power(model, model.power))}."
    if model.hold is not None:
        yield f"* Movement: {_hold(model.hold)}."
    if model.refractory:
        once = (f"`{name}` within {duration(round(seconds))}" for name, seconds in model.refractory.items())
        yield f"* Counts once: {', '.join(once)}."
    if model.signal is not None:
        yield f"* Can call attention by {_signal(model.signal)}."
    yield f"* Sources: {'; '.join(model.sources)}"
    yield ""
    if model.extra_advice is not None:
        yield from _both("Mounting", model.extra_advice)
    if model.walk_test is not None:
        yield from _both("Walk test", model.walk_test.instruction)
    for example in model.examples:
        yield from _example(example)


def _power(model: Model, found: Power) -> Iterator[str]:
    yield power(model)
    if found.life_days is not None:
        yield f"About {duration(found.life_days * 86_400)}{' (estimated)' if found.estimated else ''}"
    if found.tells:
        yield f"Tells {', '.join(found.tells)}"
    if found.battery:
        yield batteries()[found.battery].note.en.rstrip(".")


def _hold(hold: Hold) -> str:
    parts = [f"occupied for {duration(hold.seconds)} after the last" if hold.seconds is not None else "no hold stated"]
    if hold.blind_seconds:
        parts.append(f"sees no other for {duration(hold.blind_seconds)}")
    if hold.adjustable:
        parts.append("can be set")
    if hold.estimated:
        parts.append("estimated")
    return ", ".join(parts)


def _signal(signal: Signal) -> str:
    means = " and ".join(name for name, is_there in (("sound", signal.sound), ("light", signal.light)) if is_there)
    limit = f", for at most {duration(signal.seconds_at_most)}" if signal.seconds_at_most else ""
    return f"{means}{limit}: `{signal.on}` to begin, `{signal.off}` to end"


def _example(example: Example) -> Iterator[str]:
    yield f"{example.title}:"
    yield ""
    yield "```"
    yield example.payload or f"{f'port {example.port}: ' if example.port else ''}{example.hex}"
    yield "```"
    yield ""
    if example.refused:
        yield f"is refused: `{example.refused}`."
    else:
        becomes = ", ".join(f"{name} = {value:g}" for name, value in example.readings.items()) or "nothing"
        rest = f"; not mapped: {', '.join(f'`{name}`' for name in example.others)}" if example.others else ""
        yield f"becomes {becomes}{rest}."
    yield ""


def _both(title: str, text: Text) -> Iterator[str]:
    yield f"**{title}.** {text.en}"
    yield ""
    yield f"*{text.it}*"
    yield ""


def _anchor(model: Model) -> str:
    name = f"{model.vendor} {model.model}".lower()
    return "".join(letter for letter in name.replace(" ", "-") if letter.isalnum() or letter in "-_")
