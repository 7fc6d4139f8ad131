"""What a found device is installed as: its model with the vendor, and all that the model reports."""

import pytest

from devices import models
from devices.found import found


def test_a_button_that_has_only_told_its_battery_is_installed_with_its_call_for_help() -> None:
    button = found("gw-1", "a4c138000017", "Shelly", "SBBT-002C", ["battery"])
    assert button.model == "Shelly SBBT-002C"
    assert button.series[0] == "battery"
    assert {"sos_button", "battery"} <= set(button.series)
    assert len(button.series) == len(set(button.series))


def test_what_is_heard_by_channel_is_not_added_without_one() -> None:
    assert "sos_button" not in found("gw-1", "a", "Shelly", "SBBT-002C", ["sos_button/left"]).series


def test_what_a_system_declares_is_all_there_is() -> None:
    assert list(found("gw-1", "a", "Shelly", "SBBT-002C", ["battery"], is_declared=True).series) == ["battery"]


def _sold_by_another() -> tuple[str, str, models.Model]:
    """Return an alias "Vendor Model" of the catalogue as a device reports it, and the model that it is."""
    for model in models.models():
        for alias in model.aliases:
            vendor, _, name = alias.partition(" ")
            if name and models.find(name) is not model and models.find(name, vendor) is model:
                return vendor, name, model
    pytest.fail("no alias of the catalogue needs its vendor")


def test_the_vendor_is_not_lost() -> None:
    vendor, name, model = _sold_by_another()
    installed = found("gw-1", "0x1", vendor, name, [])
    assert models.find(installed.model) is model
    assert set(installed.series) == set(model.quantities)


def test_a_model_that_the_catalogue_does_not_know_is_not_taken_for_another_vendors_of_that_name() -> None:
    known = models.find("SNZB-03")
    assert known is not None
    unknown = found("gw-1", "0x1", "Acme", "SNZB-03", ["occupancy"])
    assert (unknown.model, list(unknown.series)) == ("Acme SNZB-03", ["occupancy"])
    assert models.find(unknown.model) is None
    assert found("gw-1", "0x1", "", "", ["occupancy"]).model == ""
