"""Gradients: the same relation between indices, summed from another side.

Y sums products over a relation such as h = s·i + d·u − p between the places of X, W and Y. The
gradient with respect to one array swaps its read with the output's: every product that used
A[…] contributes its other factors times G[…], the gradient of Y, to dA[…]. A mean hands each of its
places an equal part: where their number differs from output to output, it stands as a count in the formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product as product_of

from convmath.derive.conditions import balanced, conditions
from convmath.derive.extent import extents
from convmath.errors import DefinitionError, UnsupportedError
from convmath.language.around import check_index_sum
from convmath.language.checks import checked, plainly_within
from convmath.language.definition import NO_PADDING, Definition, Pair, Tensor, Term
from convmath.language.letters import fresh
from convmath.language.polynomial import equal
from convmath.language.substitute import substitute
from convmath.language.tensor import sources
from convmath.language.tidy import flipped, product, tidy, total
from convmath.language.tree import Add, Expr, Int, Ratio, Read, Reduce, Relation, Sym, letters_of
from convmath.language.write import is_negative

Side = tuple[Expr, Relation | None]
SEED = "G"
"""What the gradient of the output is called, where the letter is free."""


@lru_cache(maxsize=128)
def gradient(definition: Definition, array: str) -> Definition:
    """The definition of dA, the gradient with respect to ``array``, from G, the gradient of the output.

    Raises:
        DefinitionError: no such array is read.
        UnsupportedError: a maximum or a minimum chooses one of its reads, and the slope of a function depends on
            the values; neither is a sum of products.
    """
    if array not in definition.arrays:
        raise DefinitionError(f"there is no array {array}: the arrays are {', '.join(definition.arrays)}")
    _check_linear(definition)
    work = _Swap(definition, array)
    terms = tuple(term for forward in definition.terms for term in work.terms(forward))
    used = {read.array for term in terms for read in term.reads}
    tensors = [tensor for tensor in definition.tensors if tensor.name in used and tensor.name != work.seed]
    axes = tuple(zip(work.letters, definition.arrays[array].shape, strict=True))
    known = {letter for term in terms for letter in term.reduced}
    ranges = tuple(pair for pair in (*definition.ranges, *work.places()) if pair[0] in known)
    found = Definition(
        output=Read(fresh(f"d{array}", used), tuple(Sym(letter) for letter in work.letters)),
        terms=terms,
        tensors=(work.seed_tensor(), *tensors),
        crop=work.crop(terms),
        ranges=(*axes, *(pair for pair in ranges if pair[0] not in work.letters)),
        inputs=(work.seed, *(name for name in definition.inputs if name in used)),
        given=(*definition.given, *(condition.relation for condition in conditions(definition))),
    )
    try:
        _check_places(definition, array, checked(found))
    except DefinitionError as error:
        raise UnsupportedError(f"{definition}: its gradient by {array} is not derived ({error})") from error
    return found


def _check_linear(definition: Definition) -> None:
    check_index_sum(definition, "its gradients")
    for function in (definition.around.read, definition.around.result):
        if function is not None:
            raise UnsupportedError(
                f"{definition}: the gradient of {function.name} is not derived, since its slope depends on the values "
                "and not on the sizes"
            )
    if definition.reduce not in ("sum", "mean"):
        raise UnsupportedError(f"{definition}: a {definition.reduce} passes its gradient to the place it chose")


def _check_places(definition: Definition, array: str, found: Definition) -> None:
    """Terms that write by relations of their own may stay inside by inequalities alone; what reads them back does not.

    The gradient of a mirrored padding is such a definition.
    """
    filtered = any({"≤", "="} <= {relation.op for relation in term.where} for term in definition.terms)
    if filtered and definition.shared and conditions(found):
        raise UnsupportedError(
            f"{definition}: its gradient by {array} is not derived, since which places are written differs from "
            "term to term"
        )


@dataclass
class _Swap:
    definition: Definition
    array: str

    def __post_init__(self) -> None:
        definition = self.definition
        self.taken = set(definition.indices) | set(definition.sizes)
        self.seed = fresh(SEED, definition.arrays)
        self.reads = tuple(read for read in definition.reads if read.array == self.array)
        self.letters = tuple(self._letter(axis) for axis in range(len(definition.arrays[self.array].shape)))

    def _letter(self, axis: int) -> str:
        """The index that runs over one axis of dA: the one that reads it alone, else a new one."""
        items, size = {read.subscripts[axis] for read in self.reads}, self.definition.arrays[self.array].shape[axis]
        item = items.pop() if len(items) == 1 else None
        if isinstance(item, Sym) and item.name in self.definition.indices and self._reaches_all(axis, item):
            return item.name
        wanted = size.name.lower() if isinstance(size, Sym) and len(size.name) == 1 else "x"
        letter = fresh(wanted, self.taken)
        self.taken.add(letter)
        return letter

    def _reaches_all(self, axis: int, item: Sym) -> bool:
        """Whether each place of the axis is read at its own ``item``: no padding writes there too, no bound cuts it."""
        tensor, left = self.definition.arrays[self.array], self.definition.output.subscripts
        if any(read.subscripts.count(item) > 1 for read in self.reads):
            return False
        if tensor.repeats and tensor.padding[axis] != NO_PADDING:
            return False
        extent = extents(self.definition)[left.index(item)] if item in left else tensor.shape[axis]
        return equal(extent, tensor.shape[axis]) or plainly_within(tensor.shape[axis], extent)

    def crop(self, terms: tuple[Term, ...]) -> tuple[Pair, ...]:
        """What falls into the padding of the array is dropped."""
        written = {str(relation.left) for term in terms for relation in term.where if relation.op == "="}
        pads = self.definition.arrays[self.array].padding
        return tuple(pad if name in written else NO_PADDING for name, pad in zip(self.letters, pads, strict=True))

    def seed_tensor(self) -> Tensor:
        """G, of the output's shape; where places were cropped, reading them gives 0."""
        written = [isinstance(s, Sym) and s.name in self.definition.written for s in self.definition.output.subscripts]
        padding = tuple(_kept(pair) if w else NO_PADDING for pair, w in zip(self.definition.crop, written, strict=True))
        return Tensor(self.seed, extents(self.definition), padding)

    def places(self) -> tuple[tuple[str, Expr], ...]:
        """The written places and how many there are: a term without a condition reads G at all of them."""
        sizes = zip(self.definition.output.subscripts, extents(self.definition), strict=True)
        return tuple(
            (item.name, size) for item, size in sizes if isinstance(item, Sym) and item.name in self.definition.written
        )

    def terms(self, forward: Term) -> list[Term]:
        """One for each time that ``forward`` reads the array: for its places inside, and for each side outside."""
        found = []
        for at, read in enumerate(forward.reads):
            if read.array == self.array:
                choices = product_of(*(self._sides(axis, item) for axis, item in enumerate(read.subscripts)))
                found += [self._term(forward, at, choice) for choice in choices]
        return found

    def _sides(self, axis: int, item: Expr) -> list[Side]:
        """The place of dA to which a product is added that read at ``item``, and where that is so."""
        tensor = self.definition.arrays[self.array]
        size, pads = tensor.shape[axis], tensor.padding[axis]
        found: list[Side] = [(item, None)]
        pair = sources(tensor.outside, item, size)
        for source, pad, slack in zip(
            pair or (), pads, (total([flipped(item), Int(-1)]), total([item, flipped(size)])), strict=bool(pair)
        ):
            if pad != Int(0):
                found.append((source, balanced(slack)))
        return found

    def _term(self, forward: Term, at: int, sides: tuple[Side, ...]) -> Term:
        places = {r.left.name: r.right for r in forward.where if isinstance(r.left, Sym) and r.op == "="}
        seed = Read(self.seed, tuple(substitute(item, places) for item in self.definition.output.subscripts))
        own = forward.reads[at]
        where = tuple(
            Relation(Sym(letter), "=", item)
            for letter, (item, _) in zip(self.letters, sides, strict=True)
            if item != Sym(letter)
        )
        if any(letters_of(relation.right) & set(self.letters) for relation in where):
            raise UnsupportedError(f"{own}: an index that reads two axes of {self.array} has no gradient here")
        kept = tuple(
            Relation(substitute(r.left, places), r.op, substitute(r.right, places))
            for r in forward.where
            if r.op != "="
        )
        where += (*kept, *(side for _, side in sides if side is not None))
        others = tuple(read for place, read in enumerate(forward.reads) if place != at)
        reads = (seed, *others)
        inside = dict.fromkeys(
            letter
            for expr in (*reads, *(side for relation in where for side in (relation.left, relation.right)))
            for letter in sorted(letters_of(expr) & self.definition.indices)
        )
        reduced = tuple(letter for letter in inside if letter not in self.letters)
        scale, over = self._factor(forward)
        return Term(reads, reduced, where, scale, over)

    def _factor(self, forward: Term) -> tuple[Expr, Reduce | None]:
        """What the products are multiplied by, and the count that they are divided by."""
        if self.definition.reduce == "sum":
            return forward.scale, forward.over
        if forward.where:
            return forward.scale, self._count(forward)
        count = product([self.definition.range_of(name) for name in forward.reduced])
        return tidy(Ratio(forward.scale, count)), None

    def _count(self, forward: Term) -> Reduce:
        """How many places the mean of one output is over: its own sum, of ones, under letters of its own."""
        own: dict[str, Expr] = {}
        for name in forward.reduced:
            own[name] = Sym(fresh(name, self.taken | {str(letter) for letter in own.values()}))
        ranges = tuple((str(own[name]), self.definition.range_of(name)) for name in forward.reduced)
        where = tuple(Relation(substitute(r.left, own), r.op, substitute(r.right, own)) for r in forward.where)
        return Reduce("sum", ranges, Int(1), where)


def _kept(pair: Pair) -> Pair:
    """Cropped places as padding. What is taken off a crop added places instead: nothing is read beyond them."""
    before, after = (
        total([term for term in (side.terms if isinstance(side, Add) else (side,)) if not is_negative(term)])
        for side in pair
    )
    return before, after
