"""What a node of a network does: an operator of the shelf, made for the shapes that reach it."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from convmath.errors import ConvmathError, DefinitionError, ParseError, ShapeError, UnsupportedError
from convmath.language.letters import fresh
from convmath.network.program import MisfitError, Program, Requirement, Shape
from convmath.operators.operator import Operator
from convmath.operators.plan import Plan
from convmath.operators.shapes import named_axes
from convmath.operators.shelf import ROOM_OF, maker

SHAPED = ("input", "other", "tensors", "grid")
"""Arguments of the shelf's functions that stand for tensors: a layer takes their shapes from the nodes before it."""


class Ready(NamedTuple):
    """A layer for inputs of some ranks: its operator, and its derived sizes ready to be worked out."""

    operator: Operator
    program: Program
    plan: Plan | None


@lru_cache(maxsize=4096)
def ready(operator: Operator) -> Ready:
    """An operator with its program: made once, however many layers have an operator like it."""
    key = (type(operator), operator.name, operator.general, tuple(operator.values.items()))
    if key not in READY:
        READY[key] = Ready(operator, Program(operator), operator.plan)
    return READY[key]


READY: dict[Any, Ready] = {}
"""What was made before, by everything that an operator is."""


class Layer(ABC):
    """What a node does. Two nodes with the same layer share its parameters.

    Attributes:
        kind: its name in tables, such as ``conv2d``.
        inputs: how many tensors it takes, or None for any number.
        outputs: how many it gives.
    """

    kind: str
    inputs: int | None = 1
    outputs: int = 1
    steady: bool = True
    """Whether its operator depends on the number of axes alone."""
    learned: Mapping[str, int] | None = None
    """The arrays that it learns, with their numbers of entries, where layers may share single ones; None: its own."""
    kept: Mapping[str, int] | None = None
    """The same of arrays that are kept and not learned."""
    missing: str = ""
    """Why it is not known, where its sizes are given though it is not."""
    reads: Sequence[int] | None = None
    """Which of its inputs its operator reads, in order; None: all of them."""

    @abstractmethod
    def at(self, shapes: Sequence[Shape]) -> Ready:
        """The operator for inputs of these shapes.

        Raises:
            ConvmathError: there is none.
        """

    def __call__(self, shapes: Sequence[Shape], met: list[Requirement] | None = None) -> tuple[Shape, ...]:
        """The shapes of its outputs; what must hold of letters goes into ``met``.

        Raises:
            ShapeError: a size does not fit; the message says what would.
        """
        found = self.at(shapes)
        if met is None and found.plan is not None and len(shapes) == 1:
            shape = found.plan(shapes[0])
            if shape is not None:
                return (shape,)
        try:
            return (found.program(shapes, met),)
        except MisfitError:
            raise self.explained(found, shapes) from None

    def explained(self, found: Ready, shapes: Sequence[Shape]) -> ConvmathError:
        """Why these shapes do not fit, in the operator's own words."""
        try:
            given = [tuple(size if isinstance(size, int) else size.tree for size in shape) for shape in shapes]
            found.operator.output_shape(*given)
        except ConvmathError as error:
            return error
        shown = ", ".join(f"({', '.join(map(str, shape))})" for shape in shapes)
        return ShapeError(f"{self.kind} does not take {shown}")

    def __repr__(self) -> str:
        return f"<{self.kind}>"


class Fixed(Layer):
    """A layer whose operator is made already: the same for every input."""

    def __init__(self, operator: Operator) -> None:
        self.operator, self.kind = operator, operator.name
        self.inputs = len(operator.general.inputs)

    @cached_property
    def _ready(self) -> Ready:
        return ready(self.operator)

    def at(self, shapes: Sequence[Shape]) -> Ready:
        return self._ready


@lru_cache(maxsize=1024)
def _made(kind: str, arguments: str) -> dict[Any, Ready]:
    """What layers with one function and the same arguments have made: relu is the same for every node."""
    return {}


class Shaped(Layer):
    """A function of the shelf that takes shapes in the place of tensors: relu, add, cat, flatten.

    Its operator is made once in letters for each pattern of shapes: which ranks there are, and which sizes are 1.
    """

    def __init__(self, kind: str, arguments: Mapping[str, Any]) -> None:
        self.kind, self.arguments = kind, dict(arguments)
        self.function = maker(kind)
        names = [name for name in inspect.signature(self.function).parameters if name in SHAPED]
        self.inputs = None if names == ["tensors"] else len(names)
        self._names = names
        self.steady = kind not in EXACT
        self._made = _made(kind, repr(sorted(arguments.items())))

    def at(self, shapes: Sequence[Shape]) -> Ready:
        pattern = self._pattern(shapes)
        found = self._made.get(pattern)
        if found is None:
            found = self._made[pattern] = ready(self._operator(pattern))
        return found

    def _pattern(self, shapes: Sequence[Shape]) -> Any:
        """What the operator depends on."""
        if len(shapes) == 1 and self.steady:
            return len(shapes[0])
        if not self.steady:
            return tuple([tuple([s if isinstance(s, int) else None for s in shape]) for shape in shapes])
        return tuple([tuple([1 if s == 1 else None for s in shape]) for shape in shapes])

    def _operator(self, pattern: Any) -> Operator:
        shapes = [(None,) * pattern] if isinstance(pattern, int) else list(pattern)
        given = self._lettered(shapes)
        arguments = {"tensors": given} if self._names == ["tensors"] else dict(zip(self._names, given, strict=True))
        made: Operator = self.function(**arguments, **self.arguments)
        return made

    def _lettered(self, shapes: list[tuple[int | None, ...]]) -> list[tuple[Any, ...]]:
        """A letter for every open size: arrays that are added or joined share those of their common axes."""
        whole = max(map(len, shapes))
        letters = [name for name, _ in named_axes(whole)]
        dim = self.arguments.get("dim", 0)
        apart = dim % whole if self.kind == "cat" and isinstance(dim, int) and whole else None
        given: list[tuple[Any, ...]] = []
        for number, shape in enumerate(shapes):
            mine = letters[whole - len(shape) :]
            named = [
                size if size is not None else (fresh(f"{name}_{number}", letters) if axis == apart and number else name)
                for axis, (name, size) in enumerate(zip(mine, shape, strict=True))
            ]
            given.append(tuple(named))
        return _matrices(shapes, given) if self.kind == "matmul" else given


def _matrices(shapes: Sequence[tuple[int | None, ...]], given: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The letters of a matrix product: the columns of the one are the rows of the other; where one has a number,
    so has the other.
    """
    (*before, inner), (*after, last) = given[0], given[1]
    if len(after) == 0:
        return [(*before, _number(shapes[0][-1], shapes[1][0], inner)), (_number(shapes[0][-1], shapes[1][0], inner),)]
    inner = _number(shapes[0][-1], shapes[1][-2], inner)
    columns = shapes[1][-1] or fresh(str(last), {*map(str, given[0]), *map(str, given[1]), str(inner)})
    one, two = before[:-1], after[:-1]
    for at in range(1, min(len(one), len(two)) + 1):
        if one[-at] != 1 and two[-at] != 1:
            one[-at] = two[-at] = next((size for size in (one[-at], two[-at]) if isinstance(size, int)), one[-at])
    return [(*one, *before[-1:], inner), (*two, inner, columns)]


def _number(one: int | None, two: int | None, letter: Any) -> Any:
    return one or two or letter


class Unknown(Layer):
    """A layer of a model that convmath does not know: it is named, and the rest is traced as far as it goes."""

    inputs = None

    def __init__(self, kind: str, why: str, outputs: int = 1) -> None:
        self.kind, self.why, self.outputs = kind, why, outputs

    def at(self, shapes: Sequence[Shape]) -> Ready:
        raise UnsupportedError(f"{self.kind}: {self.why}")


EXACT = frozenset({"reshape", "expand", "interpolate", "slice", "narrow", "squeeze", "unflatten", "matmul"})
"""Functions whose operator depends on the numbers in the shapes, and not on their number and ones alone."""


def layer(kind: Any, /, **arguments: Any) -> Layer:
    """A layer from a function of the shelf and its PyTorch arguments, without the tensors.

    ``layer("relu")``, ``layer("flatten", start_dim=1)``, ``layer("conv2d", in_channels=3, out_channels=8, …)``.

    Raises:
        ParseError: there is no such function, or it has no such argument.
        DefinitionError: the arguments contradict one another.
    """
    if isinstance(kind, Layer):
        return kind
    if isinstance(kind, Operator):
        return Fixed(kind)
    name = kind if isinstance(kind, str) else getattr(kind, "__name__", None)
    if not isinstance(name, str) or name not in ROOM_OF:
        raise ParseError(f"{str(kind)[:60]!r} is no layer: give an operator, or the name of a function such as 'relu'")
    parameters = inspect.signature(maker(name)).parameters
    own = [parameter for parameter in parameters if parameter not in SHAPED]
    for argument in arguments:
        if argument not in own:
            raise ParseError(f"{name} has no argument {argument!r}: it has {', '.join(own) or 'none'}")
    missing = [n for n in own if parameters[n].default is inspect.Parameter.empty and n not in arguments]
    if missing:
        raise ParseError(f"{name} needs {', '.join(missing)}")
    if len(own) < len(parameters):
        return Shaped(name, arguments)
    made = maker(name)(**arguments)
    if not isinstance(made, Operator):
        raise DefinitionError(f"{name} is no single operator")
    return Fixed(made)
