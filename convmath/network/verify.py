"""Shapes that a model declares, held against those that follow from its layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from convmath.errors import ParseError
from convmath.network.extent import Extent, Size
from convmath.network.form import evaluated, letters_in
from convmath.network.graph import Network, read_sizes
from convmath.network.program import Shape
from convmath.network.table import plain, shape_text
from convmath.network.trace import Trace


@dataclass(frozen=True, slots=True)
class Difference:
    """A tensor whose declared shape is not the one that follows."""

    tensor: str
    declared: Shape
    found: Shape


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of the declared shapes of a model.

    Attributes:
        network: its name.
        held: how many declared shapes are those that follow.
        differences: those that are not.
        unknown: declared shapes of tensors whose shape is not known: a layer before them is not.
    """

    network: str
    held: int
    differences: tuple[Difference, ...]
    unknown: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether every declared shape that could be checked holds."""
        return not self.differences

    def __str__(self) -> str:
        name = plain(self.network)
        lines = [f"{name}: {self.held} declared shapes hold."]
        if self.differences:
            lines[0] = f"{name}: {len(self.differences)} declared shapes do not hold, {self.held} do."
            cells = [("tensor", "declared", "follows")]
            cells += [(plain(d.tensor), shape_text(d.declared), shape_text(d.found)) for d in self.differences]
            wide = [max(len(row[at]) for row in cells) for at in range(2)]
            lines += ["", *(f"  {a:<{wide[0]}}  {b:<{wide[1]}}  {c}" for a, b, c in cells)]
        if self.unknown:
            lines.append(f"Not checked, since a layer before is not known: {', '.join(map(plain, self.unknown[:12]))}")
        return "\n".join(lines)


def verify(net: Network, *given: Any, expected: Mapping[str, Any] | None = None, **named: Any) -> Verification:
    """Holds declared shapes against those that follow from the layers.

    Args:
        net: the network.
        given: the shapes of its inputs; without any, its own.
        expected: the shapes to hold, by tensor; by default those that its file declares.
        named: shapes of inputs by name.

    Raises:
        ParseError: there is no such tensor, or no shape is declared.
        ShapeError: a layer does not take what reaches it.
    """
    wanted = net.expected if expected is None else _read(net, expected)
    if not wanted:
        raise ParseError(f"{net.name} declares no shape: there is nothing to hold it to (YAML: an expect line)")
    trace = net.trace(*given, **named)
    held, differences, unknown = 0, list[Difference](), list[str]()
    bound = _given(trace)
    for tensor, declared in wanted.items():
        found = trace.shapes.get(tensor)
        if found is None:
            unknown.append(tensor)
        elif _agrees(declared, found, bound):
            held += 1
        else:
            meant = tuple(_stands_for(size, bound) for size in declared)
            differences.append(Difference(tensor, meant, found))
    return Verification(net.name, held, tuple(differences), tuple(unknown))


def _read(net: Network, expected: Mapping[str, Any]) -> dict[str, Shape]:
    for tensor in expected:
        if tensor not in net.tensors:
            raise ParseError(f"{net.name} has no tensor {str(tensor)[:80]!r}")
    return {tensor: read_sizes(shape, f"{net.name}: expected {tensor}") for tensor, shape in expected.items()}


def _given(trace: Trace) -> dict[str, Size]:
    """What the letters of the inputs stand for: the sizes that were given, or themselves."""
    found: dict[str, Size] = {}
    for name, declared in trace.network.inputs.items():
        for wanted, size in zip(declared, trace.shapes[name] or (), strict=False):
            if (letter := _letter(wanted)) is not None:
                found.setdefault(letter, size)
    return found


def _letter(size: Size) -> str | None:
    """The letter that a size is, where it is nothing but a letter."""
    alone = isinstance(size, Extent) and size == Extent(size.letter, 1, 0, 1, 1, 0)
    return size.letter if alone and isinstance(size, Extent) else None


def _agrees(declared: Shape, found: Shape, bound: dict[str, Size]) -> bool:
    """Whether the sizes are the same; a letter that no input has stands for one size, the same wherever it stands."""
    if len(declared) != len(found):
        return False
    for wanted, size in zip(declared, found, strict=True):
        if (letter := _letter(wanted)) is not None:
            if bound.setdefault(letter, size) != size:
                return False
        elif _stands_for(wanted, bound) != size:
            return False
    return True


def _stands_for(size: Size, bound: Mapping[str, Size]) -> Size:
    """The size with what its letters stand for put in."""
    if isinstance(size, int) or letters_in(size) - bound.keys():
        return size
    found: Size = evaluated(size.tree, bound)
    return found


def assert_shapes(net: Network, expected: Mapping[str, Any], *given: Any, **named: Any) -> None:
    """Raises AssertionError with a table where a tensor's shape is not the expected one: for your own tests.

    >>> import convmath as cm
    >>> net = cm.sequential(("stem", cm.conv2d(3, 64, 7, stride=2, padding=3)))
    >>> cm.assert_shapes(net, {"stem": (1, 64, 112, 112)}, (1, 3, 224, 224))
    """
    found = verify(net, *given, expected=expected, **named)
    if not found:
        raise AssertionError(str(found))
