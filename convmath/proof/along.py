"""Rules for one axis of several layers in a row: where the window of one output begins, and which size fits all."""

from __future__ import annotations

from convmath.errors import ProofError
from convmath.language.bounding import bounding, moving_in, ranges_in
from convmath.language.linear import linear
from convmath.language.polynomial import equal
from convmath.language.tidy import product, put, tidy, total
from convmath.language.tree import (
    Add,
    Expr,
    Floor,
    Int,
    Kind,
    Mul,
    Ratio,
    Reduce,
    Relation,
    Sym,
    letters_of,
    negative,
)
from convmath.language.write import write
from convmath.proof.bounds import extreme
from convmath.proof.counting import plainest
from convmath.proof.facts import Facts
from convmath.proof.ground import Ground
from convmath.proof.reading import formula, windows_of
from convmath.proof.statement import Statement, value_of
from convmath.proof.step import Arguments, Move, need, rule

ENDS: dict[str, Kind] = {"first": "min", "last": "max"}


def _from_the_definition(before: Statement, ground: Ground) -> None:
    if before != formula(ground.definition):
        raise ProofError(f"{before} is not the definition {ground.definition}")


def _derived(ground: Ground, name: object) -> Expr:
    known = dict(ground.established)
    if name not in known:
        raise ProofError(f"{name} was not derived before")
    return known[str(name)]


@rule(
    "read an end along an axis",
    "along an axis, output i spans the places from the first to the last that one of its taps reads",
    "the {end} place that output {index} reads along this axis{words}",
    verdict="by definition",
)
def read_end_along(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    _from_the_definition(before, ground)
    definition, end, index = ground.definition, str(arguments["end"]), str(arguments["index"])
    array, axis, name = str(arguments["array"]), int(str(arguments["axis"])), str(arguments["name"])
    places = windows_of(definition, array, axis)
    if len(places) != 1 or letters_of(places[0]) & set(definition.output_indices) != {index}:
        raise ProofError(f"{definition} does not read {array} at one place that moves with {index} alone")
    (place,) = places
    taps, words = moving_in(place, definition), ""
    if "through" in arguments:  # what stands at a place of this array is made of what the layer below reads there
        through, unit = str(arguments["through"]), str(arguments["unit"])
        place = put(_derived(ground, through), {unit: place})
        words = f": {through} at each place that it reads there"
    right = Reduce(ENDS[end], taps, place) if taps else place
    return Move(value_of(name, right), "the meaning of the window", {"end": end, "index": index, "words": words})


def _side(ground: Ground, arguments: Arguments) -> tuple[Expr, Expr, str]:
    """(slope, rest) of a derived end of the windows, and its index."""
    index, of = str(arguments["index"]), str(arguments["of"])
    form = linear(_derived(ground, of), {index})
    if form is None or index not in form[0]:
        raise ProofError(f"{of} is not linear in {index}")
    return form[0][index], form[1], index


@rule(
    "read the stride along an axis",
    "the effective stride is how far the window moves from one output to the next",
    "from the window of output {index} to that of output {index} + 1",
    verdict="by definition",
)
def read_stride_along(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    _from_the_definition(before, ground)
    slope, _, index = _side(ground, arguments)
    return Move(value_of(str(arguments["name"]), plainest(slope)), "the meaning of the stride", {"index": index})


@rule(
    "read the padding before",
    "the effective padding before is how far before place 0 the window of output 0 begins",
    "how far before place 0 the window of output {index} = 0 begins",
    verdict="by definition",
)
def read_padding_before(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    _from_the_definition(before, ground)
    _, rest, index = _side(ground, arguments)
    right = plainest(negative(rest))
    return Move(value_of(str(arguments["name"]), right), "the meaning of the padding", {"index": index})


@rule(
    "read the padding after",
    "the effective padding after is how far behind the last place the last window ends, where the division is exact",
    "where {top} is a multiple of {divisor}, the last output is {index} = ({top})/({divisor}): how far behind place "
    "{last} its window ends",
    verdict="by definition",
)
def read_padding_after(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    _from_the_definition(before, ground)
    slope, rest, index = _side(ground, arguments)
    size, letter = _derived(ground, arguments["size"]), str(arguments["letter"])
    top, divisor = _last_output(size)
    if not equal(slope, divisor):
        raise ProofError(f"the windows move by {slope}, but the size {size} divides by {divisor}")
    right = plainest(total([top, rest, negative(Sym(letter)), Int(1)]))
    if letter in letters_of(right):
        raise ProofError(f"the size {size} does not grow by 1 with every {divisor} of {letter}")
    words = {"top": write(top), "divisor": write(divisor), "index": index, "last": f"{letter} − 1"}
    return Move(value_of(str(arguments["name"]), right), "the meaning of the padding", words)


def _last_output(size: Expr) -> tuple[Expr, Expr]:
    """(r, c) where the size is ⌊r/c⌋ + 1."""
    last = tidy(size - 1)
    match last:
        case Floor(Ratio(top, divisor)):
            return top, divisor
    floors = [term for term in (last.terms if isinstance(last, Add) else ()) if isinstance(term, Floor)]
    if len(floors) == 1 and isinstance(floors[0].argument, Ratio):
        divisor = floors[0].argument.divisor
        return tidy(floors[0].argument.numerator + product([divisor, tidy(last - floors[0])])), divisor
    return last, Int(1)


@rule(
    "read the first windows along an axis",
    "every layer has an output ⟺ the first window of each stays in its padded array",
    "a layer has an output along this axis when its first window lies in the padded array: this is asked of each",
    verdict="by definition",
)
def read_first_windows_along(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    _from_the_definition(before, ground)
    layers = arguments["layers"]
    if not isinstance(layers, tuple) or not layers:
        raise ProofError(f"the layers are {layers!r}; they must be indices with numbers of definitions")
    known, found = ground.facts(Statement(())), dict[Relation, None]()
    for index, number in layers:
        definition = ground.definitions[int(str(number))]
        for place in bounding(definition).windows.get(index, ()):
            position = put(place.position, {index: Int(0)})
            for tap, size in ranges_in(place.position, definition, without=index):
                position = put(position, {tap: extreme(position, tap, size, known, largest=True)[0]})
            least = tidy(position - place.after + 1)
            if not letters_of(place.size) & letters_of(least) or known.not_negative(place.size - least) is None:
                found[Relation(least, "≤", place.size)] = None
    if not found:
        raise ProofError("no window has to fit")
    return Move(Statement(tuple(found)), "the meaning of an output")


@rule(
    "the least size",
    "(e ≤ c·⌊(a·x + r)/m⌋ + b, and others like it) ⟺ l ≤ x, where a, c, m ≥ 1 and l is the largest of their bounds",
    "{letter} is at least {bounds}: an integer is at most a floor when its multiple is at most its top{most}",
)
def least_size(before: Statement, ground: Ground, arguments: Arguments) -> Move:
    letter, known = str(arguments["letter"]), ground.facts(before)
    if before.ranges:
        raise ProofError(f"{before} is asked for every value of an index")
    bounds: dict[Expr, None] = {}
    why: list[str] = []
    for relation in before.relations:
        bounds[_undone(relation, letter, known, why)] = None
    kept = list(bounds)
    for bound in bounds:
        larger = (known.not_negative(other - bound) for other in kept if other is not bound)
        if (certificate := next((found for found in larger if found is not None), None)) is not None:
            kept.remove(bound)
            why.append(certificate)
    after = Statement(tuple(Relation(bound, "≤", Sym(letter)) for bound in kept))
    words = {"letter": letter, "bounds": ", ".join(map(write, bounds)), "most": "; the largest counts"}
    if len(bounds) == 1:
        words["most"] = ""
    return Move(after, "; ".join(dict.fromkeys(why)) or "the same on both sides", words)


def _undone(relation: Relation, letter: str, known: Facts, why: list[str]) -> Expr:
    """The bound l where the relation says l ≤ letter."""
    if relation.op != "≤" or letter in letters_of(relation.left):
        raise ProofError(f"{relation} does not bound {letter} from below")
    right = tidy(relation.right)
    terms = right.terms if isinstance(right, Add) else (right,)
    holding = [term for term in terms if letter in letters_of(term)]
    if len(holding) != 1:
        raise ProofError(f"{relation} does not have {letter} once")
    rest = total([term for term in terms if term is not holding[0]])
    left, term = tidy(relation.left - rest), holding[0]
    match term:
        case Mul((Int(times), inner)):
            left, term = _divided(left, times), inner
    if isinstance(term, Add):
        return _undone(Relation(left, "≤", term), letter, known, why)
    match term:
        case Floor(Ratio(top, divisor)):
            why.append(need(known.positive(divisor), f"{divisor} ≥ 1"))
            return _undone(Relation(product([divisor, left]), "≤", top), letter, known, why)
    if term != Sym(letter):
        raise ProofError(f"{relation} does not have {letter} once, in a floor or outside")
    return plainest(left)


def _divided(left: Expr, times: int) -> Expr:
    """⌈left/times⌉: l ≤ times·x is ⌈l/times⌉ ≤ x for an integer x."""
    if not isinstance(left, Int) or times < 1:
        raise ProofError(f"{left} is divided by {times}: the bound is no number")
    return Int(-(-left.value // times))
