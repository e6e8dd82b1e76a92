"""An operator: one definition, some values for its letters, and every question that can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from convmath.derive.counted import Counted
from convmath.derive.counts import flop_chains, mac_chains, parameter_chain
from convmath.derive.extent import extents
from convmath.derive.gradient import gradient
from convmath.derive.quantity import derive_quantity
from convmath.derive.receptive import receptive_chains
from convmath.errors import DefinitionError, ParseError, ShapeError
from convmath.language.border import Symbols, answer
from convmath.language.definition import Definition
from convmath.language.letters import fresh
from convmath.language.tidy import put
from convmath.language.tree import Expr, letters_of
from convmath.operators.binding import Binding, check_values, shown_shape
from convmath.operators.call import Call, remember
from convmath.operators.claim import QuantityClaim
from convmath.operators.naming import with_divisions, with_given_names
from convmath.operators.plan import Plan, make_plan
from convmath.proof.operations import CONVENTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from convmath.evaluate.positions import Positions
    from convmath.proof.derivation import Derivation

Shape = Sequence[Any]


class Operator:
    """What ``conv2d(…)``, ``define(…)`` and the others give.

    Attributes:
        name: what to call it in messages and titles.
        general: its definition in letters.
        values: what was given for letters; the others stay open.
        call: the public function and the arguments that made it; a saved derivation is made again from it.
        counted: the letters that another definition counts, where there are any.
    """

    counted: Counted | None = None

    def __init__(self, name: str, general: Definition, values: Mapping[str, Expr], symbols: Symbols) -> None:
        self.name = name
        self.call = Call(name, ())
        self.general, self.values = with_divisions(name, general, values), dict(values)
        self.symbols = dict(symbols)
        check_values(name, self.general, self.values, DefinitionError)

    @cached_property
    def definition(self) -> Definition:
        """The definition with the values put in: ``str()`` of it is the formula as a person writes it."""
        used = {letter for value in self.values.values() for letter in letters_of(value)}
        clash = used & self.general.indices
        taken = used | set(self.general.indices) | set(self.general.sizes)
        renamed = self.general.renamed({name: fresh(name + "'", taken) for name in sorted(clash)})
        return renamed.substitute(self.values)

    @cached_property
    def plan(self) -> Plan | None:
        """Derived sizes ready for plain ints, or None where letters are open."""
        return make_plan(self.general, self.values)

    def output_shape(self, *shapes: Shape, **sizes: Any) -> tuple[Any, ...]:
        """The output's shape: plain ints for plain ints, exact at any size; SymPy where there are letters.

        Args:
            shapes: the shape of each input array, in order; none to stay symbolic.
            sizes: values for single letters, as in ``L=11``.

        Raises:
            ShapeError: a size does not fit; the message says what would.
        """
        if len(shapes) == 1 and not sizes and self.plan is not None:
            found = self.plan(shapes[0])
            if found is not None:
                return found
        values, symbols = self._bound(shapes, sizes)
        return tuple(answer(put(extent, values), symbols) for extent in extents(self.general))

    def parameters(self, **sizes: Any) -> Any:
        """How many numbers are learned: the entries of the arrays that are no inputs."""
        values, symbols = self._bound((), sizes)
        return answer(put(parameter_chain(self.general).conclusion.right, values), symbols)

    def macs(self, *shapes: Shape, **sizes: Any) -> Any:
        """How many multiply-adds there are: one for every choice of the indices of a product of arrays.

        Adding a bias, a maximum and a mean multiply no two arrays, so they count nothing.
        """
        values, symbols = self._bound(shapes, sizes)
        return answer(put(mac_chains(self.general)[-1].conclusion.right, values), symbols)

    def flops(self, *shapes: Shape, convention: str = "2mac", **sizes: Any) -> Any:
        """How many floating-point operations there are, as ``convention`` counts them.

        Args:
            shapes: the shape of each input.
            convention: "2mac" is two for each multiply-add, as PyTorch's counter; "2mac+bias" adds one for each
                bias that is added; "exact" counts the multiplications and the additions that are made.
            sizes: values for single letters.

        Raises:
            ParseError: there is no such convention.
            UnsupportedError: the convention does not say how to count this operator.
        """
        if convention not in CONVENTIONS:
            raise ParseError(f"there is no convention {str(convention)[:60]!r}: there are {', '.join(CONVENTIONS)}")
        values, symbols = self._bound(shapes, sizes)
        return answer(put(flop_chains(self.general, convention)[-1].conclusion.right, values), symbols)

    def receptive_field(self, **sizes: Any) -> tuple[Any, ...]:
        """How many places one output spans along each spatial axis of the inputs, holes included."""
        values, symbols = self._bound((), sizes)
        return tuple(answer(put(c.conclusion.right, values), symbols) for c in receptive_chains(self.general))

    def receptive_positions(
        self, unit: Sequence[int], *shapes: Shape, array: str | None = None, **sizes: Any
    ) -> tuple[Positions, ...]:
        """Exactly which places of an input one output reads: holes left out, cut off at the border.

        Args:
            unit: a place of the output, such as (0, 3, 7, 8); the answer is for every axis of the array. Where it
                names only the last axes, as in (7, 8), the others take all their values, and the answer is for as
                many last axes of the array.
            shapes: the shape of each input, in order.
            array: the name of the array; by default the only input.
            sizes: values for single letters.

        Returns:
            For each axis the places along it; the places read are their product. Padding is no place, so a
            unit that reads nothing else has none.

        Raises:
            ShapeError: a size does not fit, or there is no such unit.
            UnsupportedError: the places are no product of sets, one for each axis.
        """
        from convmath.operators.unit import positions_of_unit

        inputs = dict(zip(self.general.inputs, self._counted(shapes), strict=False))
        return positions_of_unit(self, unit, inputs, sizes, array)

    def derive(self, quantity: str, *shapes: Shape, **sizes: Any) -> Derivation:
        """The derivation of ``output_shape``, ``parameters``, ``macs``, ``flops``, ``receptive_field`` or ``all``.

        Raises:
            ParseError: there is no such quantity.
            ShapeError: a size does not fit.
        """
        return self.derive_with(quantity, dict(zip(self.general.inputs, self._counted(shapes), strict=False)), sizes)

    def derive_with(self, quantity: str, shapes: Mapping[str, Shape], sizes: Mapping[str, Any]) -> Derivation:
        """``derive`` with the shapes by the names of their arrays, and the letters in a dictionary."""
        values, symbols = self.bound(shapes, sizes)
        given = {letter: value for letter, value in values.items() if letter not in self.values}
        claim = QuantityClaim(quantity, self.call, tuple(given.items()))
        names, values = with_given_names(self.general, given, values)
        general = with_divisions(self.name, self.general.renamed(names), values)
        counted = self.counted and self.counted.renamed(names)
        return derive_quantity(self.name, general, quantity, values, claim, symbols, counted)

    def gradient(self, array: str, *shapes: Shape, **sizes: Any) -> Operator:
        """The operator that gives the gradient with respect to one array, from that of the output.

        Args:
            array: the name of the array, as in the definition: ``"X"``, ``"W"``, ``"b"``.
            shapes: the shape of each input, where the gradient is to be run: a stride forgets it.
            sizes: values for single letters.

        Returns:
            An operator whose first array, G, has the shape of the output, and whose others are those
            that the gradient reads.

        Raises:
            DefinitionError: there is no such array.
            UnsupportedError: the operator is a maximum or a minimum, or has a function around its sum.
        """
        if not isinstance(array, str):
            raise ParseError(f"{self.name}: the array is {array!r}; it must be its name, such as 'X'")
        values, symbols = self._bound(shapes, sizes)
        new = {letter: value for letter, value in values.items() if letter not in self.values}
        made = Operator(f"gradient of {self.name} by {array}", gradient(self.general, array), values, symbols)
        made.call = remember("gradient", {"array": array, **new}, of=self.call)
        return made

    def __call__(self, *arrays: NDArray[Any], **named: Any) -> NDArray[Any]:
        """Runs the definition on NumPy arrays.

        Args:
            arrays: in the order of the declared shapes (for a convolution x, weight, bias).
            named: arrays by name (``W=w, X=x``), and sizes that no shape gives (``s=2``).

        Returns:
            An array of the common dtype of the arrays; integers and fractions are exact.

        Raises:
            ShapeError: an array is missing, or does not fit.
        """
        from convmath.operators.run import run

        return run(self, arrays, named)

    def _bound(self, shapes: Sequence[Shape], sizes: Mapping[str, Any]) -> tuple[dict[str, Expr], Symbols]:
        """The operator's values with those of this call."""
        return self.bound(dict(zip(self.general.inputs, self._counted(shapes), strict=False)), sizes)

    def _counted(self, shapes: Sequence[Shape]) -> Sequence[Shape]:
        """``shapes``, which must not be more than there are inputs."""
        if len(shapes) > len(self.general.inputs):
            raise ShapeError(
                f"{self.name} takes the shape of {', '.join(self.general.inputs) or 'no array'}, "
                f"but {len(shapes)} were given"
            )
        return shapes

    def bound(self, shapes: Mapping[str, Shape], sizes: Mapping[str, Any]) -> tuple[dict[str, Expr], Symbols]:
        """The operator's values with those that array shapes (by name) and single letters give.

        Raises:
            ShapeError: a size does not fit; the message says what would.
        """
        binding = Binding(self.name, self.general, self.values, dict(self.symbols))
        for name, given in shapes.items():
            binding.shape(self.general.arrays[name], given)
        binding.settle()
        for letter, given in sizes.items():
            binding.letter(letter, given)
        binding.settle(last=True)
        values = binding.all()
        shown = ", ".join(f"{name} of shape {shown_shape(given)}" for name, given in shapes.items())
        check_values(f"{self.name} on {shown}" if shown else self.name, self.general, values, ShapeError)
        return values, binding.symbols

    def __repr__(self) -> str:
        return f"<{self.name}: {self.definition}>"
