"""A letter taken apart for typesetting: ``R_H'`` is R with the index H and one prime."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a letter; ``index`` is empty where there is none."""

    base: str
    index: str
    primes: int


def parted(name: str) -> Name:
    """``k_H'`` → k, H, one prime. Whatever the name is made of, no character is lost."""
    stem = name.rstrip("'′")
    base, _, index = stem.partition("_")
    if not base or (stem != base and not index):
        return Name(stem or name, "", len(name) - len(stem) if stem else 0)
    return Name(base, index, len(name) - len(stem))
