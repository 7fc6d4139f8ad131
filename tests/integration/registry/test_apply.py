import msgspec
import pytest
from psycopg import Connection
from psycopg.rows import DictRow
from rich.console import Console

import devices.reads
import devices.repository
from core.database import Database
from core.vocabulary import BY_NAME
from registry import document as doc
from registry import reads, repository, rules
from registry.changes import Count
from registry.document import Document
from registry.show import show


def with_home(document: Document, **changes: object) -> Document:
    """Return the document with something of its first home changed."""
    first = msgspec.structs.replace(document.homes[0], **changes)
    return msgspec.structs.replace(document, homes=(first, *document.homes[1:]))


def apply_all(database: Database, document: Document) -> dict[str, Count]:
    with database.transaction() as connection:
        first = repository.apply(connection, document)
        return first.and_(devices.repository.apply(connection, document)).counts


def test_applying_twice_changes_nothing(service: Database, example: Document) -> None:
    first = apply_all(service, example)
    assert first == {
        "organisations": Count(4, 0, 0),
        "accounts": Count(5, 0, 0),
        "memberships": Count(4, 0, 0),
        "homes": Count(2, 0, 0),
        "rooms": Count(7, 0, 0),
        "persons": Count(3, 0, 0),
        "contacts": Count(2, 0, 0),
        "consents": Count(2, 0, 0),
        "shares": Count(8, 0, 0),
        "closeness": Count(1, 0, 0),
        "gateways": Count(2, 0, 0),
        "devices": Count(9, 0, 0),
        "series": Count(35, 0, 0),
    }
    second = apply_all(service, example)
    assert second == {kind: Count(0, 0, count.made) for kind, count in first.items()}


def test_what_differs_is_changed_and_keeps_its_identity(
    service: Database, connection: Connection[DictRow], example: Document
) -> None:
    home = example.homes[0]
    before = devices.reads.sensors_of_home(connection, reads.homes(connection)[0].home_id)
    moved = msgspec.structs.replace(home.devices[0], room="cucina", name="Movimento nuovo", model="new")
    person = msgspec.structs.replace(home.persons[0], contacts=home.persons[0].contacts[::-1])
    changed = with_home(example, name="Casa Verdi", devices=(moved, *home.devices[1:]), persons=(person,))
    counts = apply_all(service, changed)
    assert (counts["homes"], counts["devices"]) == (Count(0, 1, 1), Count(0, 1, 8))
    assert (counts["contacts"], counts["series"]) == (Count(0, 2, 0), Count(0, 0, 35))
    after = devices.reads.sensors_of_home(connection, reads.homes(connection)[0].home_id)
    assert [(sensor.series_id, sensor.quantity) for sensor in after] == [
        (sensor.series_id, sensor.quantity) for sensor in before
    ]
    assert {sensor.room for sensor in before if sensor.device == moved.key} == {"camera"}
    assert {sensor.room_kind for sensor in after if sensor.device == moved.key} == {"kitchen"}


def test_what_is_no_longer_described_is_kept_and_told(
    service: Database, connection: Connection[DictRow], example: Document
) -> None:
    less = msgspec.structs.replace(example, homes=example.homes[:1], accounts=example.accounts[:2])
    with service.transaction() as applying:
        changes = repository.apply(applying, less).and_(devices.repository.apply(applying, less))
    assert not changes.any
    assert changes.missing["homes"] == ("casa-02",)
    assert changes.missing["memberships"] == ("beth operator comune-basso", "vera operator volontari-valle")
    assert changes.missing["gateways"] == ("gw-casa-02",)
    assert len(changes.missing["series"]) == 9
    assert len(reads.homes(connection)) == 2


def test_a_home_takes_all_of_it_to_another_organisation(
    service: Database, connection: Connection[DictRow], example: Document
) -> None:
    home_id = reads.homes(connection)[0].home_id
    connection.execute(
        "INSERT INTO analytics.indicator (organisation_id, home_id, kind, day, unit, coverage, readings, code_version,"
        " computed_at) SELECT organisation_id, home_id, 'x', '2026-01-01', '1', 1, 1, '1', '2026-01-02'"
        " FROM registry.home WHERE home_id = %s",
        (home_id,),
    )
    counts = apply_all(service, with_home(example, organisation="comune-basso"))
    assert counts["homes"] == Count(0, 1, 1)
    tables = (
        "registry.home", "registry.room", "registry.person", "devices.gateway", "devices.device", "devices.series",
        "analytics.indicator",
    )  # fmt: skip
    for table in tables:
        rows = connection.execute(
            f"SELECT DISTINCT organisation.key FROM {table} JOIN registry.organisation USING (organisation_id)"  # noqa: S608 - names from above
            " WHERE home_id = %s",
            (home_id,),
        ).fetchall()
        assert [row["key"] for row in rows] == ["comune-basso"], table
    contacts = connection.execute(
        "SELECT DISTINCT organisation.key FROM registry.contact JOIN registry.organisation USING (organisation_id)"
    )
    assert [row["key"] for row in contacts] == ["comune-basso"]


def test_organisations_may_be_described_in_any_order_and_change_their_parent(service: Database) -> None:
    below = doc.Organisation("a", "A", "service", parent="b")
    above = doc.Organisation("b", "B", "union")
    assert apply_all(service, Document(organisations=(below, above)))["organisations"] == Count(2, 0, 0)
    turned = (msgspec.structs.replace(below, parent=""), msgspec.structs.replace(above, parent="a"))
    assert apply_all(service, Document(organisations=turned))["organisations"] == Count(0, 2, 0)


def test_a_gateway_does_not_take_its_history_to_another_home(
    service: Database, connection: Connection[DictRow], example: Document
) -> None:
    first, second = example.homes
    swapped = (
        msgspec.structs.replace(first, gateway=second.gateway),
        msgspec.structs.replace(second, gateway=first.gateway),
    )
    with pytest.raises(devices.repository.InstallationError, match="'gw-casa-01' \\(in 'casa-01'"):
        apply_all(service, msgspec.structs.replace(example, homes=swapped))


def test_devices_of_homes_that_are_not_there_are_refused(service: Database, example: Document) -> None:
    with (
        service.transaction() as connection,
        pytest.raises(devices.repository.InstallationError, match="casa-01, casa-02"),
    ):
        devices.repository.apply(connection, example)


def test_an_unsound_document_changes_nothing(service: Database, example: Document) -> None:
    with pytest.raises(rules.DocumentError, match="which is not known"):
        apply_all(service, with_home(example, timezone="Europe/Nowhere"))
    with service.transaction() as connection:
        assert reads.organisations(connection) == []


def test_a_thousand_homes_are_applied_in_batches(service: Database, example: Document) -> None:
    home = example.homes[0]
    homes = tuple(
        msgspec.structs.replace(
            home,
            key=f"h{number}",
            gateway=f"g{number}",
            persons=(doc.Person(f"p{number}", "P"),),
            devices=tuple(msgspec.structs.replace(home.devices[0], key=f"d{index}") for index in range(10)),
        )
        for number in range(1000)
    )
    many = msgspec.structs.replace(example, accounts=(), homes=homes)
    counts = apply_all(service, many)
    assert (counts["homes"].made, counts["devices"].made, counts["series"].made) == (1000, 10_000, 50_000)
    assert not any(count.made or count.changed for count in apply_all(service, many).values())


def test_services_read_series_and_sensors(connection: Connection[DictRow]) -> None:
    everything = devices.reads.series_of_gateways(connection)
    named = devices.reads.series_of_gateways(connection, ["gw-casa-02", "gw-unknown", "\0"])
    assert (len(everything), len(named)) == (35, 9)
    assert {row.gateway_key for row in named} == {"gw-casa-02"}
    by_name = {row.name: row for row in everything if row.gateway_key == "gw-casa-01"}
    assert by_name["0x0015bc0035001a2b/sos_button"].quantity_id == BY_NAME["sos_button"].id
    home = reads.homes(connection)[0]
    door = [s for s in devices.reads.sensors_of_home(connection, home.home_id) if s.quantity == "contact"]
    assert [(sensor.place, sensor.room_kind) for sensor in door] == [("entrance_door", "entrance")]
    assert reads.zone_of_home(connection, home.home_id).key == "Europe/Rome"
    assert [person.name for person in reads.persons_of_home(connection, home.home_id)] == ["Ada Bianchi"]


def test_the_installation_is_shown_as_a_tree(connection: Connection[DictRow]) -> None:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(show(connection, devices.reads.devices(connection), "it"))
    shown = captured.get()
    for words in (
        "Unione dei Comuni della Valle", "Casa Bianchi", "gw-casa-01", "Ada Bianchi", "Porta di casa",
        "contact, battery", "In nessuna stanza", "ancora senza password", "operator comune-alto",
    ):  # fmt: skip
        assert words in shown
