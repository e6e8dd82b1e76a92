"""What convmath prints it reads back; what is not in the language is refused, and nothing is run."""

import pytest
from hypothesis import given, reject
from oracles.values import value
from strategies import points, trees

import convmath as cm
from convmath.derive.counts import mac_chains, parameter_chain
from convmath.derive.extent import extents
from convmath.errors import ParseError
from convmath.language.parse import parse_formula, parse_list, parse_size
from convmath.language.polynomial import equal
from convmath.language.tidy import tidy
from convmath.language.tree import Int, Mul, Pow, Sym

ROUND_TRIPS = [
    ("conv1d", lambda: cm.conv1d("C", "O", "k", stride="s", padding="p", dilation="d")),
    ("conv2d", lambda: cm.conv2d("C", "O", ("k", 3), stride=(1, "s"), padding=(("p", 0), 2), groups="g")),
    ("conv3d", lambda: cm.conv3d(4, 6, (1, 2, 3), dilation=2, groups=2, bias=False)),
    ("conv_transpose2d", lambda: cm.conv_transpose2d("C", 4, 3, stride="s", padding=1, output_padding=1)),
    ("conv_transpose1d", lambda: cm.conv_transpose1d(4, 4, 3, groups=2)),
    ("max_pool2d", lambda: cm.max_pool2d("k", "s", "p")),
    ("avg_pool1d", lambda: cm.avg_pool1d(3)),
    ("linear", lambda: cm.linear(3, "O")),
    ("mixed", lambda: cm.define("Y[i] = 2*X[i] - X[2*i+1]*X[i] - 3*X[i]*X[i]/L", shapes={"X": "L"})),
    ("bilinear", lambda: cm.define("Y[o,i]=X[a,i]*W[o,a,b]*X[b,i]", shapes={"X": "A,L", "W": "O,A,A"})),
]


def read_back(tree):
    """What was written, read again; a tree beyond the limits of what is read is no example."""
    try:
        return parse_size(str(tree))
    except ParseError as error:
        if "multiplies out" not in str(error) and "an exponent is one number" not in str(error):
            raise
        return reject()


@given(trees)
def test_a_tree_is_read_back_as_it_was_written(tree):
    again = read_back(tree)
    assert equal(again, tree)
    assert str(read_back(tidy(tree))) == str(tidy(tree))


@given(trees)
def test_a_tidy_tree_is_read_back_node_by_node(tree):
    tree = tidy(tree)
    assert tidy(read_back(tree)) == tree


@given(trees, points)
def test_what_is_read_back_has_the_same_value(tree, at):
    assert value(read_back(tree), at) == value(tree, at)


@pytest.mark.parametrize("form", ["general", "definition"])
@pytest.mark.parametrize(("name", "make"), ROUND_TRIPS, ids=[name for name, _ in ROUND_TRIPS])
def test_a_definition_is_read_back_as_it_was_written(name, make, form):
    definition = getattr(make(), form)
    left, right, conditions, ranges = parse_formula(str(definition))
    assert (left, conditions, ranges) == (definition.output, (), ())
    assert str(right) == str(definition.right_side)
    assert equal(right, definition.right_side)


@pytest.mark.parametrize(("name", "make"), ROUND_TRIPS, ids=[name for name, _ in ROUND_TRIPS])
def test_a_definition_that_is_read_back_derives_the_same(name, make):
    general = make().general
    again = cm.define(
        str(general),
        shapes={tensor.name: tensor.shape for tensor in general.tensors},
        padding={tensor.name: tensor.padding for tensor in general.tensors} | {general.output.array: general.crop},
        inputs=general.inputs,
        ranges=dict(general.ranges),
    )
    assert str(again.general) == str(general)
    assert again.general.terms == general.terms
    assert extents(again.general) == extents(general)
    assert parameter_chain(again.general).conclusion == parameter_chain(general).conclusion
    assert mac_chains(again.general)[-1].conclusion == mac_chains(general)[-1].conclusion


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("C·k²", Mul((Sym("C"), Pow(Sym("k"), 2)))),
        ("C*k^2", Mul((Sym("C"), Pow(Sym("k"), 2)))),
        ("C*k**2", Mul((Sym("C"), Pow(Sym("k"), 2)))),
        ("k^1", Sym("k")),
        ("k¹²", Pow(Sym("k"), 12)),
        ("k^16", Pow(Sym("k"), 16)),
        ("k_H²", Pow(Sym("k_H"), 2)),
        ("H′", Sym("H'")),
        ("− 3", Int(-3)),
        (" ( ( 7 ) ) ", Int(7)),
        ("lambda", Sym("lambda")),
        ("E", Sym("E")),
        ("π", Sym("π")),
    ],
)
def test_read_as(text, tree):
    assert parse_size(text) == tree


def test_lists_are_read_with_pairs():
    assert parse_list("N,C,(p,q)") == ((Sym("N"),), (Sym("C"),), (Sym("p"), Sym("q")))
    assert parse_list("(H + 1)*2,") == ((Mul((Sym("H") + 1, Int(2))),),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "“” at character 1: found the end, expected a letter"),
        ("H +", "“H +” at character 4: found the end, expected a letter"),
        ("H W", "“H W” at character 3: found “W”, expected the end of the text, or an operator"),
        ("2H", "“2H” at character 2: found “H”, expected the end of the text, or an operator"),
        ("(H", "“(H” at character 3: found the end, expected “)”"),
        ("H)", "“H)” at character 2: found “)”, expected the end of the text, or an operator"),
        ("H ; W", "“H ; W” at character 3: “;” is not in the language"),
        ("H.subs", "“H.subs” at character 2: “.” is not in the language"),
        ("2.5", "“2.5” at character 2: “.” is not in the language"),
        ("'H'", "“'H'” at character 1: “'” is not in the language"),
        ("__import__('os')", "“__import__('os')” at character 12: “'” is not in the language"),
        ("__import__(os)", "“__import__(os)” at character 1: found “__import__”, expected a letter"),
        ("exp(H)", "“exp(H)” at character 4: found “(”, expected an operator "
                   "(the only functions are floor, ceil, min and max; a product is written with *)"),
        ("floor(H, W)", "“floor(H, W)”: floor takes one argument, found 2"),
        ("9**9**9", "“9**9**9”: an exponent is one number from 1 to 64"),
        ("9^65", "“9^65”: an exponent is one number from 1 to 64"),
        ("H^0", "“H^0”: an exponent is one number from 1 to 64"),
        ("H^k", "“H^k” at character 3: found “k”, expected a number"),
        ("H\n\x00", "“H��” at character 3: “�” is not in the language"),
        ("1" * 401, "a number of 401 digits: the longest that is read has 400"),
        ("x" * 41, "a name of 41 characters: the longest that is read has 40"),
        ("1+" * 6000, "a formula of 12000 characters: the longest that is read has 10000"),
        ("(" * 41 + "H" + ")" * 41, f"“{'(' * 41 + 'H' + ')' * 15}…” nests deeper than 40 brackets: write it flatter"),
    ],
)  # fmt: skip
def test_refused_in_words(text, message):
    with pytest.raises(ParseError) as error:
        parse_size(text)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("Y[i]", "“Y[i]” at character 5: found the end, expected “=”"),
        ("Y = X[i]", "“Y = X[i]”: the left side must be an array at its indices, such as Y[n,o,i]"),
        ("Y[ = X[i]", "“Y[ = X[i]” at character 4: found “=”, expected a letter"),
        ("Y[i,] = X[i]", "“Y[i,] = X[i]” at character 5: found “]”, expected a letter"),
        ("Y[i] = X[min()]", "“Y[i] = X[min()]”: min takes at least one argument, found 0"),
        ("Y[i] = X[i] where", "“Y[i] = X[i] where” at character 18: found the end, expected a letter"),
        ("Y[i] = X[i] where i > 2", "“Y[i] = X[i] where i > 2” at character 21: “>” is not in the language"),
        ("Y[i] = Σ_{u} X[u]", "“Y[i] = Σ_{u} X[u]” at character 12: found “}”, expected “<”"),
        ("Y[i] = X[i]; import os", "“Y[i] = X[i]; import os” at character 12: “;” is not in the language"),
    ],
)
def test_formulas_refused_in_words(formula, message):
    with pytest.raises(ParseError) as error:
        parse_formula(formula)
    assert str(error.value) == message
