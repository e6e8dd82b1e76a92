"""Gradients step by step: operators with their arrays in other roles, the chain rule, and the sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from convmath.book.working import Working, move
from convmath.derive.extent import axis_steps, bounding_steps, extents, tidied
from convmath.language.checks import checked
from convmath.language.definition import NO_PADDING, Definition, Tensor, Term
from convmath.language.parse import parse_list, parse_size
from convmath.language.tree import Expr, Read, Sym
from convmath.operators.conv import conv1d
from convmath.operators.conv_transpose import conv_transpose1d
from convmath.proof.reading import formula
from convmath.proof.step import Argument, take

Item = TypeVar("Item")
Move = tuple[str, Mapping[str, Argument]]


def role(definition: Definition, letters: str, swapped: str = "", **arrays: str) -> Definition:
    """The operator under other names: ``letters`` as "C→O O→C", arrays as X="G".

    ``swapped`` names arrays (by their new names) whose first two axes change places: another layout of the same.
    """
    moved = definition.renamed(dict(pair.split("→") for pair in letters.split()))

    def read(item: Read) -> Read:
        name = arrays.get(item.array, item.array)
        return Read(name, _swap(item.subscripts, name in swapped.split()))

    def tensor(item: Tensor) -> Tensor:
        name = arrays.get(item.name, item.name)
        turn = name in swapped.split()
        return replace(item, name=name, shape=_swap(item.shape, turn), padding=_swap(item.padding, turn))

    return checked(
        replace(
            moved,
            output=read(moved.output),
            terms=tuple(replace(term, reads=tuple(map(read, term.reads))) for term in moved.terms),
            tensors=tuple(map(tensor, moved.tensors)),
            crop=_swap(moved.crop, arrays.get(moved.output.array) in swapped.split()),
            inputs=tuple(arrays.get(name, name) for name in moved.inputs),
        )
    )


def _swap(items: tuple[Item, ...], turn: bool) -> tuple[Item, ...]:
    return (items[1], items[0], *items[2:]) if turn else items


def collected(
    layer: Definition, array: str, entry: str, ranges: Mapping[str, str] | None = None, **sizes: str
) -> Definition:
    """The chain rule: dX[e] = Σ G[y]·D[y,e] over all outputs y, with G = ∂L/∂Y and D[y,e] = ∂Y[y]/∂X[e].

    ``entry`` is the place of the array, "m,e,x"; ``ranges`` what its letters run over, where it is no bare one;
    ``sizes`` names the size that was derived for an output index, i="H".
    """
    outer = layer.output.subscripts
    places = tuple(item for (item,) in parse_list(entry))
    shape = tuple(_size(item, size, sizes) for item, size in zip(outer, extents(layer), strict=True))
    whole = (*shape, *layer.arrays[array].shape)
    tensors = (_plain("G", shape), _plain("D", whole))
    reads = Read("G", outer), Read("D", (*outer, *places))
    grouped = {name: size for name, size in layer.known_ranges.items() if Sym(name) not in outer}
    known = {name: size for name, size in grouped.items() if name in layer.output_indices}
    known |= {name: parse_size(size) for name, size in (ranges or {}).items()}
    output = Read(f"d{array}", places)
    term = Term(reads, layer.output_indices)
    no_crop = (NO_PADDING,) * len(places)
    made = Definition(output, (term,), tensors, no_crop, tuple(known.items()), inputs=("G", "D"), given=layer.given)
    return checked(made)


def _plain(name: str, shape: tuple[Expr, ...]) -> Tensor:
    return Tensor(name, shape, (NO_PADDING,) * len(shape))


def _size(item: Expr, size: Expr, sizes: Mapping[str, str]) -> Expr:
    return Sym(sizes[item.name]) if isinstance(item, Sym) and item.name in sizes else size


def conv(bias: bool = False) -> Definition:
    """The convolution, every argument a letter."""
    return conv1d("C", "O", "k", "s", (("p", "q"),), "d", bias=bias).general


def transposed() -> Definition:
    """The transposed convolution, every argument a letter."""
    return conv_transpose1d("C", "O", "k", "s", (("p", "q"),), "a", 1, False, "d").general


def collect(
    work: Working, heading: str, array: str, fixed: str, last: int, words: str, within: str = "", subject: int = 1
) -> None:
    """From the chain rule to the operator with the number ``last``: ``fixed`` are the indices that conditions fix."""
    more = {"within": within} if within else {}
    work.chain(
        heading,
        subject,
        move("put in the slope", slope="D", array=array, number=1, **more),
        move("multiply out"),
        move("one sum"),
        *(move("one value meets it", index=index) for index in fixed.split()),
        move("recognise", number=last, words=words),
    )


def sized(work: Working, heading: str, subject: int, index: str, name: str, *moves: Move) -> None:
    """How many values an output index has, with what was derived before put in, and then ``moves``."""
    definition, ground = work.definitions[subject], work.ground(subject)
    axis = [str(item) for item in definition.output.subscripts].index(index)
    if index in definition.written:
        steps = axis_steps(definition, axis, name, ground)
        steps.append(take(steps[-1].after, "put in", ground))
    else:
        steps = bounding_steps(formula(definition), index, ground)
        steps.append(take(steps[-1].after, "put in", ground))
        steps.append(take(steps[-1].after, "count from 0", ground, name=name))
    for rule, arguments in moves:
        steps.append(take(steps[-1].after, rule, ground, **arguments))
    work.add(heading, tidied(steps, ground), subject)


def enough(work: Working, heading: str, left: str, right: str) -> None:
    """When a derived size is the wanted one, where the two differ by a floor."""
    ask = move("ask when", left=Sym(left), right=Sym(right))
    work.chain(heading, 0, ask, move("put in"), move("undo the floor"))
