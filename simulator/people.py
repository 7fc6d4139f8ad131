"""Invented people: plausible Italian names, addresses and contacts of nobody in particular."""

from typing import Any

from simulator import chance

_WOMEN = (
    "Ada", "Alba", "Angela", "Anna", "Bianca", "Bruna", "Carla", "Clara", "Dina", "Elda", "Elsa", "Franca", "Gina",
    "Ines", "Iolanda", "Irma", "Lea", "Lidia", "Luisa", "Maria", "Norma", "Olga", "Pia", "Rina", "Rosa", "Silvana",
)  # fmt: skip
_MEN = (
    "Aldo", "Amedeo", "Armando", "Bruno", "Carlo", "Dante", "Dino", "Elio", "Ettore", "Franco", "Gino", "Giulio",
    "Guido", "Ivo", "Lino", "Mario", "Nello", "Otello", "Primo", "Renato", "Sergio", "Ugo", "Valter", "Vittorio",
)  # fmt: skip
_FAMILIES = (
    "Bagnoli", "Barbieri", "Benassi", "Bertani", "Bigi", "Campani", "Catellani", "Corradini", "Davoli", "Fantini",
    "Ferretti", "Fornaciari", "Gatti", "Ghidoni", "Iori", "Lanzoni", "Lusuardi", "Malagoli", "Manfredi", "Montanari",
    "Pecorari", "Rinaldi", "Sacchi", "Soncini", "Storchi", "Tirelli", "Valli", "Vezzani", "Zanichelli", "Zini",
)  # fmt: skip
_STREETS = ("Via Roma", "Via Garibaldi", "Via dei Mille", "Via della Pace", "Viale dei Tigli", "Via del Molino")
_MUNICIPALITIES = ("Borgoverde", "Castel San Vito", "Pieve al Fiume", "Rocca Bassa")
_RELATIONS = ("figlia", "figlio", "nipote", "vicina")


def person(seed: int, index: int, home: str) -> dict[str, Any]:
    """Return a person of a registry file, with two contacts; no two of the first 30 homes share a family name."""
    rng = chance.stream(seed, home, "person")
    families = list(_FAMILIES)
    chance.stream(seed, "families").shuffle(families)
    family = families[index % len(families)]
    female = rng.random() < 0.68  # noqa: PLR2004 - more women than men live alone at that age
    key = f"person-{home}"
    return {
        "key": key,
        "name": f"{rng.choice(_WOMEN if female else _MEN)} {family}",
        "birth_year": rng.randint(1932, 1951),
        "sex": "female" if female else "male",
        "phone": _phone(rng.randrange(10_000)),
        "contacts": [
            {
                "key": f"{key}-{position}",
                "name": f"{rng.choice(_WOMEN if relation in ('figlia', 'vicina') else _MEN)} {family}",
                "relation": relation,
                "phone": _phone(rng.randrange(10_000)),
                "email": f"{relation}.{home}@example.org",
            }
            for position, relation in enumerate(rng.sample(_RELATIONS, 2), start=1)
        ],
    }


def address(seed: int, home: str) -> tuple[str, str]:
    """Return a street with number, and a municipality."""
    rng = chance.stream(seed, home, "address")
    return f"{rng.choice(_STREETS)} {rng.randint(1, 90)}", rng.choice(_MUNICIPALITIES)


def _phone(number: int) -> str:
    # 0555 is no area code of the Italian numbering plan: nobody answers there.
    return f"+39 0555 {number:06d}"
