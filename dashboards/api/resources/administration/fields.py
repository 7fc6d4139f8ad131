"""The fields of what is administered, by the names that they have in its document. What is empty is ""."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from registry.rules import MAXIMUM_TEXT

Words = Annotated[str, Field(max_length=MAXIMUM_TEXT)]
MOST = 5_000


class Organisation(BaseModel):
    """An organisation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Servizio sociale", "kind": "service", "parent": "unione", "phone": "+39 0542 555 0100"}
            ]
        }
    )

    name: Words
    kind: Literal["union", "municipality", "service", "association"]
    parent: Words = Field(default="", description='The key of the organisation that it belongs to; "" for none.')
    phone: Words = Field(default="", description="Families are told to call it.")


class Home(BaseModel):
    """A home."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Casa Rossi",
                    "organisation": "servizio-sociale",
                    "address": "Via Roma 1",
                    "municipality": "Bobbio",
                    "access_notes": "La vicina ha la chiave.",
                    "timezone": "Europe/Rome",
                }
            ]
        }
    )

    name: Words
    organisation: Words = Field(description="The key of the organisation that looks after it.")
    address: Words = ""
    municipality: Words = ""
    access_notes: Words = Field(default="", description="How to get in: whoever takes charge of an alert reads it.")
    timezone: Words = Field(default="Europe/Rome", description="IANA time zone.")


class Room(BaseModel):
    """A room."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "bedroom", "name": ""}]})

    kind: Literal["bedroom", "bathroom", "kitchen", "living", "hall", "entrance", "outside", "other"]
    name: Words = Field(default="", description="Only where there are two of the same sort.")


class Person(BaseModel):
    """Somebody who lives in a home."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Lina Bianchi",
                    "birth_year": 1938,
                    "sex": "female",
                    "phone": "+39 0542 555 0101",
                    "language": "it",
                }
            ]
        }
    )

    name: Words
    birth_year: StrictInt | None = None
    sex: Literal["", "female", "male", "other"] = ""
    phone: Words = ""
    language: Words


class Contact(BaseModel):
    """Somebody to call."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Ada Bianchi",
                    "relation": "figlia",
                    "phone": "+39 333 555 0199",
                    "email": "ada@example.org",
                    "language": "it",
                    "position": 1,
                }
            ]
        }
    )

    name: Words
    relation: Words = ""
    phone: Words = ""
    email: Words = ""
    language: Words
    position: StrictInt = Field(description="The place in the order of calling, from 1.")


class Account(BaseModel):
    """An account. It gets its first password by `vicino account password`, or an identity by an invitation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Carla Neri",
                    "email": "carla@example.org",
                    "language": "it",
                    "active": True,
                    "roles": ["operator servizio-sociale"],
                }
            ]
        }
    )

    name: Words
    email: Words = ""
    language: Words
    active: StrictBool = Field(description="It can sign in.")
    roles: list[Words] = Field(
        max_length=MOST, description="Each as `ROLE ORGANISATION`, by its key; it holds there and in all below."
    )


class NewAccount(Account):
    """An account that is to be made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "login": "carla",
                    "name": "Carla Neri",
                    "email": "carla@example.org",
                    "language": "it",
                    "active": True,
                    "roles": ["operator servizio-sociale"],
                }
            ]
        }
    )

    login: Words = Field(description="Small letters, digits, dot, hyphen. It stays as it is.")


class Caseload(BaseModel):
    """The homes that an operator looks after. It has the number of its account."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"limited": True, "homes": ["casa-m"]}]})

    limited: StrictBool = Field(description="Only these homes are seen; else all of the organisations of the account.")
    homes: list[Words] = Field(max_length=MOST, description="The keys of homes.")
