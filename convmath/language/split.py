"""A formula's right side, split into terms: reads, a scale, the indices that are reduced."""

from __future__ import annotations

from dataclasses import dataclass

from convmath.errors import DefinitionError, ParseError
from convmath.language.definition import Term
from convmath.language.tidy import product
from convmath.language.tree import (
    Add,
    Expr,
    Int,
    Kind,
    Mul,
    Ranges,
    Ratio,
    Read,
    Reduce,
    Relation,
    Sym,
    letters_of,
    walk,
)


@dataclass(frozen=True, slots=True)
class Split:
    """The terms of a formula, the ranges that it gives to indices, and how it reduces them."""

    terms: tuple[Term, ...]
    ranges: Ranges
    reduce: Kind
    bounds: tuple[Relation, ...] = ()


def split_terms(left: Read, right: Expr, where: tuple[Relation, ...], ranges: Ranges, reduce: Kind) -> Split:
    """The terms of ``left = right``.

    A condition belongs to the terms that use its indices; an inequality between output indices and sizes
    bounds the output. A ``Σ_{…}`` in the text gives
    its indices their ranges; ``max_{…}`` and ``mean_{…}`` say how they are reduced as well.

    Raises:
        ParseError: the right side is no sum of products of array entries.
    """
    pieces = [_piece(part) for part in (right.terms if isinstance(right, Add) else (right,))]
    known = dict(ranges)
    for piece in pieces:
        for name, size in piece.ranges:
            if known.setdefault(name, size) != size:
                raise DefinitionError(f"{name} is given two ranges, {known[name]} and {size}")
        if piece.kind is not None:
            if reduce not in ("sum", piece.kind):
                raise DefinitionError(f"the formula says {piece.kind}, but reduce says {reduce}")
            reduce = piece.kind if piece.kind != "sum" else reduce
    indices = _indices(left, pieces, known, where)
    bounds = tuple(r for r in where if r.op == "≤" and letters_of(r.left, r.right) & indices <= letters_of(left))
    inside = tuple(relation for relation in where if relation not in bounds)
    terms = tuple(_term(piece, left, indices, inside) for piece in pieces)
    for relation in inside:
        if not any(relation in term.where for term in terms):
            raise DefinitionError(
                f"where {relation}: no term of the formula uses an index of it; give a term one of its own, "
                "as in Σ_{z<1 : t = z + 1}"
            )
    used = {letter for term in terms for letter in _letters(term)} | letters_of(left)
    for name in known:
        if name not in used:
            raise DefinitionError(f"{name} is given a range, but the formula does not use it")
    return Split(terms, tuple(known.items()), reduce, bounds)


@dataclass(frozen=True, slots=True)
class _Piece:
    reads: tuple[Read, ...]
    scale: Expr
    ranges: Ranges
    kind: Kind | None
    where: tuple[Relation, ...]


def _piece(expr: Expr) -> _Piece:
    match expr:
        case Reduce(kind, ranges, body, where):
            inner = _piece(body)
            return _Piece(inner.reads, inner.scale, (*ranges, *inner.ranges), kind, (*where, *inner.where))
        case Mul((Int(-1), Reduce(kind, ranges, body, where))):
            inner = _piece(body)
            return _Piece(inner.reads, product([Int(-1), inner.scale]), ranges, kind, where)
        case Mul((Int(-1), Ratio() as quotient)):
            inner = _piece(quotient)
            return _Piece(inner.reads, product([Int(-1), inner.scale]), (), None, ())
        case Ratio(Read() as read, divisor):
            return _Piece((read,), Ratio(Int(1), divisor), (), None, ())
        case Ratio(Mul(factors), divisor):
            inner = _piece(Mul(factors))
            return _Piece(inner.reads, Ratio(inner.scale, divisor), (), None, ())
    factors = expr.factors if isinstance(expr, Mul) else (expr,)
    reads = tuple(factor for factor in factors if isinstance(factor, Read))
    rest = [factor for factor in factors if not isinstance(factor, Read)]
    for factor in rest:
        if any(isinstance(node, Read | Reduce) for node in walk(factor)):
            raise ParseError(f"{factor}: a term is a product of array entries and sizes; multiply the brackets out")
    if not reads:
        raise ParseError(f"the term {expr} reads no array")
    for read in reads:
        if any(isinstance(node, Read) for item in read.subscripts for node in walk(item)):
            raise ParseError(f"{read}: a subscript cannot read an array")
    return _Piece(reads, product(rest), (), None, ())


def _indices(left: Read, pieces: list[_Piece], ranges: dict[str, Expr], where: tuple[Relation, ...]) -> set[str]:
    bare = {
        item.name
        for read in (left, *(r for p in pieces for r in p.reads))
        for item in read.subscripts
        if isinstance(item, Sym)
    }
    return bare | ranges.keys()


def _term(piece: _Piece, left: Read, indices: set[str], where: tuple[Relation, ...]) -> Term:
    inside = list(dict.fromkeys(letter for read in piece.reads for item in read.subscripts for letter in _order(item)))
    mine = [r for r in where if letters_of(r.left, r.right) & (indices - letters_of(left)) & set(inside)]
    conditions = tuple(dict.fromkeys((*piece.where, *mine)))
    outside = letters_of(left)
    wanted = [*inside, *(letter for r in conditions for letter in _order(r.right)), *dict(piece.ranges)]
    reduced = tuple(dict.fromkeys(letter for letter in wanted if letter in indices and letter not in outside))
    if letters_of(piece.scale) & indices:
        raise DefinitionError(f"the factor {piece.scale} uses an index: only arrays are read at indices")
    return Term(piece.reads, reduced, conditions, piece.scale)


def _order(expr: Expr) -> list[str]:
    return [node.name for node in walk(expr) if isinstance(node, Sym)]


def _letters(term: Term) -> set[str]:
    found = set(term.reduced)
    for read in term.reads:
        found |= letters_of(read)
    return found
