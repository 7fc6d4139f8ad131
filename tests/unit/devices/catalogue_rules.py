"""What must hold for every model of the catalogue: a small function for each, that returns what is wrong or ""."""

from collections.abc import Callable, Mapping
from functools import cache

import msgspec

from core.vocabulary import BY_NAME
from core.vocabulary import Kind as Activation
from devices import examples, models
from devices.decoders.decoded import Refusal
from devices.models import Filed, Model, Text

Rule = Callable[[Filed], str]

RULES: dict[str, Rule] = {}

# What a model may leave open, and why.
EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("the_battery_is_named", "TS0215A_sos"): "sold under many names with different cells; no document states the type",
    ("the_battery_is_named", "SEB01ZB"): "no document states the type",
    ("the_battery_is_named", "PB206"): "no document states the type",
    ("the_battery_is_named", "ZG-101Z"): "no document states the type",
    ("the_battery_is_named", "UA-651BLE"): "no document at hand states the type",
    ("the_battery_is_named", "UC-352BLE"): "no document at hand states the type",
    ("the_battery_is_named", "UT-201BLE"): "no document at hand states the type",
    ("the_battery_is_named", "VS321"): "no document at hand states the type",
    ("the_battery_is_named", "VS341"): "no document at hand states the type",
    ("the_battery_is_named", "VS370"): "no document at hand states the type",
    ("the_battery_is_named", "WS101"): "no document at hand states the type",
    ("the_battery_is_named", "WS202"): "no document at hand states the type",
    ("the_battery_is_named", "WS203"): "no document at hand states the type",
    ("the_battery_is_named", "WS301"): "no document at hand states the type",
    ("the_battery_is_named", "WS303"): "no document at hand states the type",
}
# Technical quantities that the radio or the gateway adds to whatever a device says.
_ADDED_BY_RADIO = {"link_quality", "signal_strength"}


def rule(check: Rule) -> Rule:
    RULES[check.__name__] = check
    return check


def _both(text: Text) -> bool:
    return bool(text.en.strip()) and bool(text.it.strip()) and text.en != text.it


@rule
def the_folder_is_the_vendor_and_the_file_the_model(filed: Filed) -> str:
    wanted = (models.file_name(filed.model.vendor), f"{models.file_name(filed.model.model)}.toml")
    return "" if (filed.vendor_folder, filed.file) == wanted else f"should be {'/'.join(wanted)}"


@cache
def _owners() -> Mapping[str, set[tuple[str, str]]]:
    owners: dict[str, set[tuple[str, str]]] = {}
    for each in models.models():
        for name in (f"{each.vendor} {each.model}", each.model, *each.aliases):
            owners.setdefault(models.plain(name), set()).add((each.vendor, each.model))
    return owners


@rule
def its_names_are_its_own(filed: Filed) -> str:
    me = (filed.model.vendor, filed.model.model)
    mine = (filed.model.model, *filed.model.aliases)
    return ", ".join(name for name in mine if _owners().get(models.plain(name), {me}) - {me})


@rule
def it_is_found_as_it_is_reported(filed: Filed) -> str:
    model = filed.model
    lost = [name for name in (model.model, *model.aliases) if models.find(name, model.vendor) is not model]
    # As it is written down when it is installed, and read again without the vendor.
    lost += [name for name in (models.full_name(model.model, model.vendor),) if models.find(name) is not model]
    return ", ".join(lost)


@rule
def its_kind_is_described(filed: Filed) -> str:
    return "" if filed.model.kind in models.kinds() else filed.model.kind


@rule
def its_examples_decode_to_what_they_state(filed: Filed) -> str:
    for example in filed.model.examples:
        found = examples.decode(filed.model, example)
        if isinstance(found, Refusal):
            if found.reason != example.refused:
                return f"{example.title}: refused ({found.reason}: {found.detail})"
        elif example.refused:
            return f"{example.title}: should be refused ({example.refused})"
        elif dict(found.readings) != dict(example.readings):
            return f"{example.title}: {dict(found.readings)}"
        elif found.others != tuple(sorted(example.others)):
            return f"{example.title}: hands back {found.others}"
    return "" if filed.model.examples else "no examples"


@rule
def what_counts_once_is_an_activation_and_no_call(filed: Filed) -> str:
    kind = models.kinds()[filed.model.kind]
    odd = [
        name
        for name, seconds in {**kind.refractory_s, **filed.model.refractory_s}.items()
        if BY_NAME[name].safety
        or BY_NAME[name].kind not in (Activation.STATE, Activation.EVENT)
        or not 0 < seconds <= 60
    ]
    return ", ".join([*odd, *(filed.model.refractory_s.keys() - set(filed.model.quantities))])


@rule
def its_quantities_are_those_of_its_examples(filed: Filed) -> str:
    shown = {name.split("/")[0] for example in filed.model.examples for name in example.readings}
    unknown = [name for name in filed.model.quantities if name not in BY_NAME]
    different = (set(filed.model.quantities) ^ shown) - _ADDED_BY_RADIO
    return ", ".join(unknown or sorted(different))


@rule
def what_it_measures_is_plausible(filed: Filed) -> str:
    odd = [
        f"{name}={value}"
        for example in filed.model.examples
        for name, value in example.readings.items()
        if not BY_NAME[name.split("/")[0]].minimum <= value <= BY_NAME[name.split("/")[0]].maximum
    ]
    return ", ".join(odd)


@rule
def it_can_answer_the_walk_test(filed: Filed) -> str:
    answers = filed.model.test.answers
    unknown = [name for name in answers if name not in BY_NAME]
    silent = not set(answers) & (set(filed.model.quantities) | _ADDED_BY_RADIO)
    return ", ".join(unknown) or ("nothing that it measures is an answer" if silent else "")


@rule
def it_says_how_often_it_reports_and_how_that_is_known(filed: Filed) -> str:
    interval = filed.model.interval
    plausible = interval.seconds is None or 1 <= interval.seconds <= 25 * 3600
    return "" if plausible and interval.source.strip() else "interval"


@rule
def the_battery_is_named(filed: Filed) -> str:
    power = filed.model.power
    if power.source == "mains" and not power.battery:
        return ""
    if power.battery not in models.batteries():
        return power.battery or "battery"
    return "" if power.count >= 1 else "count"


@rule
def the_life_of_the_battery_is_stated(filed: Filed) -> str:
    power = filed.model.power
    return "life" if power.source == "battery" and power.battery and not power.life_days else ""


@rule
def what_it_says_of_its_battery_is_what_it_measures(filed: Filed) -> str:
    names = {"percent": "battery", "voltage": "voltage", "low": "battery_low"}
    stated = {names[each] for each in filed.model.power.tells}
    measured = set(names.values()) & set(filed.model.quantities)
    if filed.model.power.source == "mains" and not filed.model.power.battery:
        measured -= {"voltage", "battery_low"}  # of the mains; some detectors repeat a bit that means nothing
    return ", ".join(sorted(stated ^ measured))


@rule
def advice_is_given_in_both_languages(filed: Filed) -> str:
    kind = models.kinds()[filed.model.kind]
    texts = [kind.name, kind.advice, kind.walk_test.instruction, filed.model.test.instruction]
    texts += [filed.model.extra_advice] if filed.model.extra_advice else []
    return "" if all(map(_both, texts)) else "advice"


@rule
def a_motion_sensor_says_how_long_it_holds(filed: Filed) -> str:
    return "hold" if filed.model.kind == "motion" and filed.model.hold is None else ""


@rule
def what_it_is_told_to_call_attention_is_json(filed: Filed) -> str:
    signal = filed.model.signal
    if signal is None:
        return "a siren says how it is switched" if filed.model.kind == "siren" else ""
    told = [msgspec.json.decode(text) for text in (signal.on, signal.off)]
    if not all(isinstance(each, dict) and each for each in told) or told[0] == told[1]:
        return "what begins it and what ends it"
    return "" if signal.sound or signal.light else "neither sound nor light"


@rule
def what_quantities_mean_is_known(filed: Filed) -> str:
    meanings = filed.model.meanings
    return ", ".join(name for name in (*meanings, *meanings.values()) if name not in BY_NAME)


@rule
def sources_are_names_of_documents(filed: Filed) -> str:
    if not filed.model.sources:
        return "sources"
    return ", ".join(source for source in filed.model.sources if "://" in source or not source.strip())


def wrong(name: str, filed: Filed) -> str:
    return RULES[name](filed)


def excused(name: str, model: Model) -> str:
    return EXCEPTIONS.get((name, model.model), "")
