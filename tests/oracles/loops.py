"""What a formula means, in plain nested loops: exact, slow, and blind to everything in convmath.

The subscripts are Python expressions: ``W[o,c,u]*X[n,c,2*i+u-1]``.
"""

import re
from fractions import Fraction
from itertools import product


def run(left, terms, extents, arrays, ranges, *, reduce="sum"):
    """Nested lists → {place: value}.

    ``left`` is such as ``Y[n,4*m+o,t]``. A term is (text, {written index: subscript}, scale, names
    that it reduces). ``ranges`` gives the number of values of every index but the written ones.
    """
    places = list(product(*(range(extent) for extent in extents)))
    total = dict.fromkeys(places, 0)
    found_any = dict.fromkeys(places, False)
    goal = _split(left)[0][1]
    for text, where, scale, reduced in terms:
        reads = [(name, [compile(s, "s", "eval") for s in subs]) for name, subs in _split(text)]
        products = {place: [] for place in places}
        bare = [name for name in _letters(",".join(goal)) if name not in where]
        names = list(dict.fromkeys([*bare, *reduced]))
        conditions = {name: compile(text, "w", "eval") for name, text in where.items()}
        goals = [compile(s, "g", "eval") for s in goal]
        for values in product(*(range(ranges[name]) for name in names)):
            at = dict(zip(names, values, strict=False))
            at |= {name: eval(code, {}, at) for name, code in conditions.items()}
            place = tuple(eval(code, {}, at) for code in goals)
            if place in products:
                products[place].append(_product(reads, at, arrays, scale))
        for place in places:
            value = _reduced(products[place], reduce)
            if value is not None:
                total[place] += value
                found_any[place] = True
    return {place: total[place] if found_any[place] else None for place in places}


def _product(reads, at, arrays, scale):
    """The product, and whether every read met a real entry."""
    value, real = scale, True
    for name, codes in reads:
        entry = arrays[name]
        for code in codes:
            place = eval(code, {}, at)
            entry = entry[place] if entry is not None and 0 <= place < len(entry) else None
        if entry is None:
            real = False
        else:
            value = value * entry
    return value, real


def _reduced(products, reduce):
    if reduce in ("max", "min"):
        real = [value for value, inside in products if inside]
        return None if not real else max(real) if reduce == "max" else min(real)
    total = sum(value for value, inside in products if inside)
    return Fraction(total) / len(products) if reduce == "mean" else total


def _split(text):
    return [(name, subs.split(",")) for name, subs in re.findall(r"(\w+)\[([^\]]*)\]", text)]


def _letters(text):
    return list(dict.fromkeys(re.findall(r"[a-z]\w*", text)))
