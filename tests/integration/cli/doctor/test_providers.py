"""What the doctor says of identity providers."""

import pytest

from cli.doctor.checks.providers import identity_providers
from cli.doctor.finding import Level, NotKnownError
from tests.identity_provider import KEY, described


def test_nothing_is_said_where_there_are_none_or_all_answer(surroundings, said, tmp_path, provider_process):
    assert said(identity_providers, surroundings()) == []
    path = described(tmp_path, provider_process.issuer)
    found = surroundings(vicino_identity_providers=str(path), vicino_identity_key=KEY)
    assert said(identity_providers, found) == []


def test_one_that_does_not_answer_is_named(surroundings, said, tmp_path):
    path = described(tmp_path, "http://127.0.0.1:1")
    found = surroundings(vicino_identity_providers=str(path), vicino_identity_key=KEY)
    ((level, wrong),) = said(identity_providers, found)
    assert level is Level.WARNING
    assert wrong.startswith("The identity provider comune cannot be used (no connection")


def test_what_keeps_the_pages_from_starting_is_an_error(surroundings, said, tmp_path):
    path = described(tmp_path, "http://login.comune.example")
    file = {"vicino_identity_providers": str(path)}
    ((level, wrong),) = said(identity_providers, surroundings(**file, vicino_identity_key=KEY))
    assert level is Level.ERROR
    assert "line 4" in wrong
    described(tmp_path, "https://login.comune.example")
    ((level, wrong),) = said(identity_providers, surroundings(**file, vicino_identity_key="short"))
    assert level is Level.ERROR
    assert "VICINO_IDENTITY_KEY" in wrong


def test_what_only_a_container_has_is_not_judged(surroundings):
    found = surroundings(vicino_identity_providers="/identity/providers.yaml", vicino_identity_key=KEY)
    with pytest.raises(NotKnownError):
        list(identity_providers(found))
