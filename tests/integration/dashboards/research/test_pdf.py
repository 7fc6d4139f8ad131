"""The report as PDF: what is in it, the same bytes for the same numbers, and what is said where it cannot be made."""

import subprocess
import sys
from collections import Counter
from io import BytesIO

import pypdf
import pytest

from core.errors import VicinoError
from dashboards.app import create_app
from dashboards.pdf import printing
from dashboards.pdf.printing import PrinterMissingError, printed
from dashboards.settings import DashboardSettings
from tests.integration.dashboards.conftest import TestClientWithoutLifespan, sign_in
from tests.integration.dashboards.grafana import filled
from tests.integration.dashboards.research.test_page import FIRST, LAST, LOGIN, connection
from tests.integration.dashboards.research.test_report import PASSWORD, client

__all__ = ["client", "connection"]
DAYS = {"first": FIRST.isoformat(), "last": LAST.isoformat()}
MOST_S = 400
PAGE = (
    "<!doctype html><html lang=it><title>x</title><style>"
    '@font-face {{ font-family: "Titillium Web"; src: url("face:titillium-web-latin-400-normal.woff2"); }}'
    'html {{ font-family: "Titillium Web"; }}</style><body>{body}'
)


@pytest.fixture
def library():
    try:
        printed(PAGE.format(body="x"), "00" * 16)
    except PrinterMissingError as error:
        pytest.skip(str(error))


def asked(client):
    """Ask as a browser does, and once more when it is made."""
    answer = client.get("/research/report.pdf", params=DAYS)
    if answer.status_code == 202:
        assert answer.headers["refresh"] == "3"
        assert "si scarica da solo" in answer.text
        (being_made,) = client.app.state.desk.press._made.values()
        being_made.result(MOST_S)
        answer = client.get("/research/report.pdf", params=DAYS)
    return answer


def elements(root):
    found = []

    def go(each):
        each = each.get_object()
        if isinstance(each, list):
            for one in each:
                go(one)
        elif isinstance(each, dict):
            found.append(each)
            if "/K" in each:
                go(each["/K"])

    go(root["/StructTreeRoot"]["/K"])
    return found


def test_it_is_tagged_has_our_typefaces_and_pictures_as_vectors_and_names_nobody(library, client, connection):
    sign_in(client, LOGIN, PASSWORD)
    answer = asked(client)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"].endswith('.pdf"')
    read = pypdf.PdfReader(BytesIO(answer.content))
    root = read.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("it", True)
    assert read.metadata.title.startswith("Rapporto sulla sperimentazione")
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    tags = Counter(str(each.get("/S")) for each in elements(root))
    assert tags["/H1"] == 1
    assert tags["/H2"] == 9
    assert tags["/Figure"] > 10
    assert min(tags["/Table"], tags["/TH"], tags["/TD"]) >= 5
    assert all(each.get("/Alt") for each in elements(root) if each.get("/S") == "/Figure")
    fonts = {
        str(font.get_object()["/BaseFont"]) for page in read.pages for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert all("Titillium" in font for font in fonts), fonts
    assert not [image for page in read.pages for image in page.images]
    text = "\n".join(page.extract_text() for page in read.pages)
    assert f"1 / {len(read.pages)}" in text
    assert not [name for name in (filled.PERSON, filled.CONTACT, filled.ADDRESS, filled.PHONE) if name in text]
    # The same numbers, made anew by another process: the same bytes; other days are others.
    settings = DashboardSettings(database_url="", base_url="http://testserver", second_factor_roles="")
    desk = client.app.state.desk
    again = TestClientWithoutLifespan(create_app(desk.database, desk.clock, settings, hand_over=print))
    sign_in(again, LOGIN, PASSWORD)
    desk.clock.advance(3_600)
    assert asked(again).content == answer.content


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (PrinterMissingError("No Pango."), "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"),
        (VicinoError("It was killed."), "Il PDF non è riuscito"),
    ],
)
def test_what_cannot_be_made_is_said_and_the_page_is_offered(client, problem, said):
    def fails(page, identifier):
        raise problem

    client.app.state.desk.press._printed = fails
    sign_in(client, LOGIN, PASSWORD)
    answer = client.get("/research/report.pdf", params=DAYS)
    assert answer.status_code == 503
    assert said in answer.text
    assert f"/research/report?first={FIRST}&amp;last={LAST}" in answer.text
    assert "Il rapporto stesso è sulla sua pagina" in answer.text


def test_letters_that_our_typefaces_do_not_have_break_nothing(library):
    assert printed(
        PAGE.format(body="Studio \u0395\u03bb\u03bb\u03ac\u03b4\u03b1 \u4e2d \U0001f3e0"), "00" * 16
    ).startswith(b"%PDF")


@pytest.mark.parametrize("address", ["https://example.org/a.png", "file:///etc/hostname", "face:../manifest.json"])
def test_nothing_is_fetched(library, address):
    with pytest.raises(VicinoError, match="nothing is fetched"):
        printed(PAGE.format(body=f'<img alt="x" src="{address}">'), "00" * 16)


def test_where_the_library_is_missing_it_is_said_what_to_install(monkeypatch, tmp_path):
    (tmp_path / "weasyprint.py").write_text('raise OSError("cannot load library libpango-1.0-0")')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(PrinterMissingError, match=r"cannot load library libpango.*apt install libpango-1\.0-0"):
        printed("<!doctype html><title>x</title>", "00" * 16)


def test_what_never_ends_is_ended(monkeypatch, tmp_path):
    (tmp_path / "weasyprint.py").write_text("import time; time.sleep(600)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(printing, "MOST_S", 1.0)
    with pytest.raises(VicinoError, match="not ready within 1 seconds"):
        printed("<!doctype html><title>x</title>", "00" * 16)


def test_no_other_process_loads_the_library():
    check = "import sys, cli.__main__, dashboards.app; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
