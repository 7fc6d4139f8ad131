"""A day that is stored comes back as it was; what another version wrote is left out where there is no word for it."""

from hypothesis import given

from analytics.change.domains import Domain
from analytics.contexts.kinds import ContextKind
from analytics.wellbeing.fusing import fuse
from analytics.wellbeing.rows import as_row, of_row
from tests.unit.analytics.wellbeing.stated import CALM, DAY, LIMIT, evidences, shown


def stored(one):
    """The columns of a day as the database returns them."""
    row = as_row(one)
    return row | {"contexts": row["contexts"].split()}


@given(evidences())
def test_what_is_stored_comes_back(evidence) -> None:
    one = fuse(DAY, evidence._replace(kept_back={"meals": ContextKind.VISIT}), LIMIT)
    assert of_row(stored(one)) == one


def test_a_part_of_life_of_another_version_is_left_out() -> None:
    one = fuse(DAY, CALM._replace(shows=[shown(Domain.NIGHT, 6.0), shown(Domain.KITCHEN, 6.0)]), LIMIT)
    row = stored(one)
    row["contributions"] = row["contributions"].replace('"kitchen"', '"garden"')
    row["parts"] = row["parts"].replace('"kitchen"', '"garden"')
    row["kept_back"], row["contexts"] = '{"meals": "eclipse", "outings": "visit"}', ["eclipse", "visit"]
    found = of_row(row)
    assert [each.domain for each in found.contributions] == [Domain.NIGHT]
    assert [each.domain for each in found.parts] == [each for each in Domain if each is not Domain.KITCHEN]
    assert (found.contexts, found.kept_back) == ((ContextKind.VISIT,), {"outings": ContextKind.VISIT})
