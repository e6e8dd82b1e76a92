"""Hypothesis: random trees of sizes, and points to try them at."""

from hypothesis import strategies as st

from convmath.language.tree import Add, Ceil, Floor, Int, Least, Mul, Pow, Ratio, Sym

LETTERS = ("H", "k", "s", "p", "x2", "k_H", "H'")

numbers = st.integers(-6, 6).map(Int)
letters = st.sampled_from(LETTERS).map(Sym)
divisors = st.one_of(st.integers(1, 6).map(Int), letters)


def lists(inner):
    return st.lists(inner, min_size=2, max_size=3).map(tuple)


def sums_and_products(inner):
    return st.one_of(
        st.builds(Add, lists(inner)),
        st.builds(Mul, lists(inner)),
        st.builds(Pow, inner, st.integers(2, 3)),
    )


def rounded(inner):
    return st.one_of(
        sums_and_products(inner),
        st.builds(Ratio, inner, divisors),
        st.builds(Floor, inner),
        st.builds(Ceil, inner),
        st.builds(Least, lists(inner)),
    )


polynomials = st.recursive(st.one_of(numbers, letters), sums_and_products, max_leaves=8)
"""Trees of + − · and powers."""

trees = st.recursive(st.one_of(numbers, letters), rounded, max_leaves=10)
"""Trees of every kind of size: divisions (by a positive number or letter), floors, ceilings, minima too."""

points = st.fixed_dictionaries({name: st.integers(1, 9) for name in LETTERS})
"""A positive integer for each letter, so that no divisor is 0."""
