"""The quantities as the API names them: those of the vocabulary."""

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from core.vocabulary import BY_NAME


def _known(name: str) -> str:
    if name not in BY_NAME:
        raise ValueError("no quantity of the vocabulary")
    return name


QuantityName = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": sorted(BY_NAME)})]
