"""What a convolution costs by the definition, by Winograd's algorithm and by the Fourier transform: programs, counted.

Costs are real operations for each output and each pair of channels, where as many channels come in as go out. The data
of a channel are transformed once for all filters, and the outputs of a filter once, after the sum over the channels;
so transforms count less the more channels there are. Filters are transformed once for all tiles, and not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from convmath.derive.fourier import transformed
from convmath.derive.programs import direct, fast
from convmath.derive.transforms import coefficients, transforms

MOST_POINTS = 8
"""The most points of Winograd's algorithm that are looked at; with more of them, the numbers grow fast."""
SIZES = (4, 8, 16, 32)
"""The sizes of the Fourier transforms that are looked at."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A method, and its real operations for each output and pair of channels."""

    method: str
    multiplications: Fraction
    additions: Fraction

    @property
    def operations(self) -> Fraction:
        return self.multiplications + self.additions


def methods(r: int, channels: int, rank: int = 1) -> Iterator[Cost]:
    """Every method that is looked at, for a filter of r taps along each of ``rank`` axes."""
    yield _cost("definition", *_definition(r, rank), channels)
    for m in range(2, MOST_POINTS + 1):
        if coefficients(m, r) <= MOST_POINTS:
            yield _cost(f"F({m}, {r})" if rank == 1 else f"F({m}×{m}, {r}×{r})", *_winograd(m, r, rank), channels)
    for size in SIZES:
        if size >= r:
            yield _cost(f"DFT of {size}" if rank == 1 else f"DFT of {size}×{size}", *_fourier(size, r, rank), channels)


def cheapest(r: int, channels: int, rank: int, kinds: Iterable[str] = ("definition", "F(", "DFT")) -> Cost | None:
    """The method with the fewest operations among those whose names start so, or None where there is none."""
    starts = tuple(kinds)
    found = [cost for cost in methods(r, channels, rank) if cost.method.startswith(starts)]
    return min(found, key=lambda cost: cost.operations, default=None)


Stage = tuple[int, int]
"""(multiplications, additions) of one part of a program."""


def _cost(method: str, outputs: int, transformed: Stage, products: Stage, sums: int, channels: int) -> Cost:
    """A tile's products, the sums of its products over the channels, and its share of the transforms."""
    shared = Fraction(channels - 1, channels)
    multiplications = products[0] + Fraction(transformed[0], channels)
    additions = products[1] + sums * shared + Fraction(transformed[1], channels)
    return Cost(method, multiplications / outputs, additions / outputs)


@lru_cache(maxsize=256)
def _definition(r: int, rank: int) -> tuple[int, Stage, Stage, int]:
    counts = direct(1, r, rank).counts["direct"]
    return 1, (0, 0), (counts["multiplications"], counts.get("additions", 0)), 1


@lru_cache(maxsize=256)
def _winograd(m: int, r: int, rank: int) -> tuple[int, Stage, Stage, int]:
    program = fast(transforms(m, r), rank)
    shares = [program.counts[stage] for stage in ("data", "output")]
    constants = sum(share.get("multiplications by constants", 0) for share in shares)
    products = program.multiplications
    return len(program.outputs), (constants, sum(s.get("additions", 0) for s in shares)), (products, 0), products


@lru_cache(maxsize=256)
def _fourier(size: int, r: int, rank: int) -> tuple[int, Stage, Stage, int]:
    """Two tiles at once, as real and imaginary part; their outputs are those that do not wrap around."""
    counts = _counted(size, rank)
    products, transforms_ = counts["products"], (counts["data"], counts["output"])
    kept = sum(place + r <= size for place in range(size)) ** rank
    multiplications, additions = (sum(stage[kind] for stage in transforms_) for kind in (0, 1))
    return 2 * kept, (multiplications, additions), products, 2 * size**rank


@lru_cache(maxsize=32)
def _counted(size: int, rank: int) -> dict[str, Stage]:
    counts = transformed(size, rank).counts
    return {stage: (count["multiplications"], count["additions"]) for stage, count in counts.items()}
