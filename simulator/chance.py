"""Chance by seed.

Every draw comes from a stream named by what it is for, so that none depends on the order of the others.
"""

import math
from hashlib import blake2b
from random import Random


def number(*name: object) -> int:
    """Return a 64-bit integer that depends on `name` alone and is the same on every machine."""
    return int.from_bytes(blake2b(repr(name).encode(), digest_size=8).digest(), "big")


def stream(*name: object) -> Random:
    """Return the random numbers called `name`."""
    return Random(number(*name))


def around(rng: Random, mean: float, deviation: float, lowest: float, highest: float) -> float:
    """Return a normal draw, held within `lowest` and `highest`."""
    return min(highest, max(lowest, rng.gauss(mean, deviation)))


def poisson(rng: Random, mean: float) -> int:
    """Return how many of a Poisson process of `mean` happen (product of uniforms, Knuth 1969; for small means)."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count
