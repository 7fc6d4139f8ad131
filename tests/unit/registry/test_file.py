from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import VicinoError
from core.places import Place, RoomKind
from core.vocabulary import BY_NAME
from registry import document as doc
from registry import file, rules

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "examples" / "registry.yaml"

GOOD = """\
organisations:
  - key: comune
    name: Comune
    kind: municipality
accounts:
  - login: anna
    name: Anna
    memberships:
      - {organisation: comune, role: operator}
homes:
  - key: casa-01
    organisation: comune
    name: Casa
    gateway: gw-1
    rooms:
      - {key: camera, kind: bedroom}
      - {key: cucina, kind: kitchen}
    persons:
      - key: p1
        name: Ada
        contacts:
          - {key: figlia, name: Lucia}
    devices:
      - key: d1
        room: camera
        quantities: [occupancy]
"""

CONTACT = "          - {key: figlia, name: Lucia}\n"


def of_person(list_name: str, entry: str) -> str:
    """Return what stands below the contact with one entry of another list of the person."""
    return f"{CONTACT}        {list_name}:\n          - {entry}\n"


RULES = {
    "unknown key": ("    name: Casa\n", "    name: Casa\n    colour: red\n", 14, "'colour' is not an entry of a home"),
    "password": ("    name: Anna\n", "    name: Anna\n    password: x\n", 8, "passwords never stand in this file"),
    "missing name": ("    name: Comune\n", "", 2, "the organisation 'comune' has no 'name'"),
    "empty name": ("    name: Comune\n", "    name: '  '\n", 3, "organisation 'comune' has no name"),
    "text for list": ("quantities: [occupancy]", "quantities: occupancy", 26, "a list (lines that begin with '-')"),
    "list for text": ("    name: Casa\n", "    name: [Casa]\n", 13, "'name' holds a list; a text is expected"),
    "text for entries": ("- {key: camera, kind: bedroom}", "- camera", 16, "the entries of one room are expected"),
    "list for word": ("quantities: [occupancy]", "quantities: [[occupancy]]", 26, "words are expected"),
    "key": ("- key: casa-01", "- key: Casa 01", 11, "'Casa 01' cannot be the key of a home"),
    "login": ("login: anna", "login: Anna!", 6, "'Anna!' cannot be a login"),
    "gateway": ("gateway: gw-1", "gateway: gw/1", 14, "'gw/1' cannot be a gateway"),
    "no gateway": ("    gateway: gw-1\n", "", 11, "has devices but no gateway"),
    "key twice": ("    name: Casa\n", "    name: Casa\n    name: Villa\n", 14, "'name' stands twice in the same home"),
    "organisation": ("    organisation: comune", "    organisation: citta", 12, "organisations are: comune"),
    "membership": ("{organisation: comune,", "{organisation: citta,", 9, "the organisation 'citta' of account"),
    "room": ("room: camera", "room: bagno", 25,
             "the room 'bagno' of device 'd1' is not a room of home 'casa-01'; rooms are: camera, cucina"),
    "quantity": ("[occupancy]", "[occupency]", 26, "a quantity of device 'd1' is 'occupency'"),
    "quantity twice": ("[occupancy]", "[occupancy, occupancy]", 26, "the quantity 'occupancy' twice"),
    "place": ("room: camera", "place: moon", 25, "the place of device 'd1' is 'moon'"),
    "room kind": ("kind: bedroom", "kind: cellar", 16, "the kind of room 'camera' of home 'casa-01' is 'cellar'"),
    "organisation kind": ("kind: municipality", "kind: club", 4, "the kind of organisation 'comune' is 'club'"),
    "role": ("role: operator", "role: king", 9, "a role of account 'anna' is 'king'"),
    "timezone": ("    gateway: gw-1\n", "    gateway: gw-1\n    timezone: Rome\n", 15, "write it like Europe/Rome"),
    "language": ("    name: Anna\n", "    name: Anna\n    language: xx\n", 8, "the language of account 'anna' is 'xx'"),
    "e-mail": ("    name: Anna\n", "    name: Anna\n    email: 'a@b, c@d'\n", 8, "is not an e-mail address"),
    "phone": ("        name: Ada\n", "        name: Ada\n        phone: call me\n", 21, "not a telephone number"),
    "sex": ("        name: Ada\n", "        name: Ada\n        sex: F\n", 21, "the sex of person 'p1' is 'F'"),
    "year": ("        name: Ada\n", "        name: Ada\n        birth_year: 38\n", 21, "is 38, which cannot be"),
    "year text": ("        name: Ada\n", "        name: Ada\n        birth_year: old\n", 21, "a whole number is"),
    "parent": ("    kind: municipality\n", "    kind: municipality\n    parent: x\n", 5, "the parent 'x'"),
    "circle": ("    kind: municipality\n", "    kind: municipality\n    parent: comune\n", 5, "stands above itself"),
    "purpose": (CONTACT, of_person("consents", "{purpose: fun, since: 2026-01-01}"), 24,
                "the purpose of a consent of person 'p1' is 'fun'"),
    "only on consent": (CONTACT, of_person("consents", "{purpose: family, basis: contract, since: 2026-01-01}"), 24,
                        "only the consent of person 'p1' counts"),
    "day": (CONTACT, of_person("consents", "{purpose: care, since: 2026-02-30}"), 24, "'2026-02-30' is no day"),
    "period": (CONTACT, of_person("consents", "{purpose: care, since: 2026-02-03, until: 2026-02-01}"), 24,
               "ends before it begins"),
    "share with nobody": (CONTACT, of_person("shares", "{contact: figlio, data: [day]}"), 24, "no contact 'figlio'"),
    "kind of data": (CONTACT, of_person("shares", "{contact: figlia, data: [days]}"), 24, "is 'days'"),
    "hours": (CONTACT, of_person("shares", "{contact: figlia, data: [day], hours: 8-20}"), 24,
              "write them like 08:00-20:00"),
    "shared twice": (CONTACT, of_person("shares", "{contact: figlia, data: [day, day]}"), 24,
                     "shares 'day' with contact 'figlia' twice"),
    "close to nobody": ("    memberships:\n", "    persons: [{person: p2, capacity: self}]\n    memberships:\n", 8,
                        "the person 'p2' of account 'anna' is not in this file"),
    "close as nobody": ("    memberships:\n", "    persons: [{person: p1, capacity: family}]\n    memberships:\n", 8,
                        "is no contact of theirs"),
    "capacity": ("    memberships:\n", "    persons: [{person: p1, capacity: king}]\n    memberships:\n", 8,
                 "the capacity of account 'anna' is 'king'"),
    "two organisations": ("accounts:", "  - {key: comune, name: B, kind: union}\naccounts:", 5, "two organisations"),
    "two accounts": ("homes:", "  - {login: anna, name: B}\nhomes:", 10, "there are two accounts 'anna'"),
    "two homes": ("homes:", "homes:\n  - {key: casa-01, organisation: comune, name: B}", 12, "two homes 'casa-01'"),
    "one gateway": ("homes:", "homes:\n  - {key: b, organisation: comune, name: B, gateway: gw-1}", 15,
                    "the gateway 'gw-1' is in another home already"),
    "two rooms": ("key: cucina", "key: camera", 17, "home 'casa-01' has two rooms 'camera'"),
    "two persons": ("    devices:", "      - {key: p1, name: B}\n    devices:", 23, "there are two persons 'p1'"),
    "two contacts": ("    devices:", "          - {key: figlia, name: B}\n    devices:", 23, "two contacts 'figlia'"),
    "two devices": ("quantities: [occupancy]\n", "quantities: [occupancy]\n      - {key: d1}\n", 27, "two devices"),
    "two roles": ("homes:", "      - {organisation: comune, role: operator}\nhomes:", 10, "twice"),
    "alias": ("    name: Comune\n", "    name: &a Comune\n", 3, "anchors (&) and aliases (*) are not used"),
    "tag": ("    name: Comune\n", "    name: !!python/name:os.system x\n", 3, "tags (!) are not used"),
    "not YAML": ("    kind: municipality\n", "    kind: {a\n", 5, ""),
    "control character": ("    name: Comune\n", '    name: "a\\0b"\n', 3, "control characters"),
    "deep": ("    name: Comune\n", f"    name: {'[' * 50}\n", 3, "nested deeper"),
    "long": ("    name: Comune\n", f"    name: {'a' * 3000}\n", 3, "3000 characters; 2000 are allowed"),
}  # fmt: skip


def test_the_example_describes_an_installation() -> None:
    found = file.load(EXAMPLE)
    kinds = [organisation.kind for organisation in found.organisations]
    assert kinds == ["union", "municipality", "municipality", "association"]
    assert [home.key for home in found.homes] == ["casa-01", "casa-02"]
    assert found.homes[0].persons[0].contacts[0].phone == "+39 0550 100 002"
    assert found.homes[0].devices[3].place == Place.ENTRANCE_DOOR


@pytest.mark.parametrize(("old", "new", "line", "sentence"), RULES.values(), ids=RULES.keys())
def test_each_rule_is_told_with_its_line(old: str, new: str, line: int, sentence: str) -> None:
    assert GOOD.count(old) == 1
    with pytest.raises(file.FileError) as raised:
        file.parse(GOOD.replace(old, new))
    told = {fault.line: fault.sentence for fault in raised.value.faults}
    assert line in told, str(raised.value)
    assert any(fault.line == line and sentence in fault.sentence for fault in raised.value.faults), str(raised.value)


def test_all_errors_are_told_at_once_in_the_order_of_lines() -> None:
    text = GOOD.replace("role: operator", "role: king").replace("kind: bedroom", "kind: cellar").replace("Ada", "[]")
    with pytest.raises(file.FileError) as raised:
        file.parse(text, "valley.yaml")
    assert [fault.line for fault in raised.value.faults] == [9, 16, 20]
    assert "valley.yaml cannot be used:\nline 9: " in str(raised.value)
    assert "nothing was changed" in str(raised.value)


def test_the_sound_text_has_no_fault() -> None:
    assert file.parse(GOOD).homes[0].devices[0].quantities == ("occupancy",)


@pytest.mark.parametrize("text", ["", "# nothing\n", "null\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    with pytest.raises(file.FileError, match="empty"):
        file.parse(text)


def test_texts_stay_as_they_are_written() -> None:
    found = file.parse(GOOD.replace("name: Ada", "name: no\n        phone: 0550123"))
    assert (found.homes[0].persons[0].name, found.homes[0].persons[0].phone) == ("no", "0550123")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(VicinoError, match="No such file"):
        file.load(tmp_path / "none.yaml")
    broken = tmp_path / "latin.yaml"
    broken.write_bytes(b"organisations:\n  - name: Forl\xec\n")
    with pytest.raises(file.FileError, match="line 2: the text is not UTF-8"):
        file.load(broken)


def test_a_document_built_in_code_keeps_the_same_rules() -> None:
    with pytest.raises(rules.DocumentError, match="organisation 'x' of home 'h' is not in this file"):
        rules.require_sound(doc.Document(homes=(doc.Home("h", "x", "H"),)))


def test_a_channel_is_written_in_small_letters() -> None:
    device = doc.Device("0x1", quantities=("power/L 1",))
    with pytest.raises(rules.DocumentError, match="'L 1' is no channel of device '0x1'"):
        rules.require_sound(
            doc.Document(
                (doc.Organisation("o", "O", "service"),),
                homes=(doc.Home("h", "o", "H", gateway="g", devices=(device,)),),
            )
        )


_texts = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30)
_names = _texts.filter(str.strip)


@given(
    name=_names,
    notes=_texts,
    room=st.sampled_from(RoomKind),
    quantities=st.sets(st.sampled_from([*BY_NAME, "power/l1", "power/l2"])),
)
def test_what_is_written_is_read_back(name: str, notes: str, room: RoomKind, quantities: set[str]) -> None:
    document = doc.Document(
        organisations=(doc.Organisation("o", name, "service"),),
        homes=(
            doc.Home(
                "h",
                "o",
                name,
                access_notes=notes,
                gateway="007",
                rooms=(doc.Room("1e3", room, notes),),
                devices=(doc.Device("0x1", notes, notes, "1e3", "bed", tuple(sorted(quantities))),),
            ),
        ),
    )
    assert file.parse(file.dump(document)) == document


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    try:
        file.parse(text)
    except file.FileError as error:
        assert all(fault.line >= 1 and fault.sentence for fault in error.faults)  # noqa: PT017 - either outcome is right
