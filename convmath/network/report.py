"""What ``convmath sizes`` says."""

from __future__ import annotations

from convmath.network.admissible import Admissible, factors, solved
from convmath.network.fitting import Fitting
from convmath.network.program import Requirement
from convmath.network.table import plain, shape_text
from convmath.network.wording import classes_text

MOST_PAIRS = 12


def fitting_text(found: Fitting) -> str:
    """The admissible inputs, in words."""
    lines = [plain(found.network), ""]
    for name, shape in found.inputs.items():
        lines.append(f"input {plain(name)} {shape_text(shape)}")
    if not found.letters:
        lines.append("  every size is a number, so there is nothing to choose; it fits")
    for letter, admissible in found.letters.items():
        lines.append(_letter(found, letter, admissible))
        lines += _contradiction(admissible)
    for requirement in found.joint:
        lines += ["", *joint_lines(requirement)]
    for name, why in found.unsupported.items():
        lines.append(f"left out, since it is not known: {plain(name)}: {plain(why, 200)}")
    return "\n".join(lines)


def _letter(found: Fitting, letter: str, admissible: Admissible) -> str:
    text = f"  {letter:<3} {classes_text(admissible.sizes, letter)}"
    outputs = found.output_along(letter)
    if outputs and not admissible.sizes.empty:
        text += f"; output {', '.join(dict.fromkeys(outputs))}"
    return text


def _contradiction(admissible: Admissible) -> list[str]:
    if not admissible.contradiction:
        return []
    lines = ["      these layers contradict one another:"]
    for requirement in admissible.contradiction:
        own = classes_text(solved(admissible.letter, requirement), admissible.letter)
        lines.append(
            f"      {plain(requirement.node)}: {requirement.left} {requirement.op} {requirement.right}, so {own}"
        )
    return lines


def joint_lines(requirement: Requirement) -> list[str]:
    """A requirement of several letters, with the pairs of sizes that meet it where they can be listed."""
    head = f"  {plain(requirement.node)}: {requirement.left} {requirement.op} {requirement.right}"
    found = factors(requirement)
    if found is None:
        return [head]
    number, one, two = found
    if number < 1:
        return [head, "      no size meets it"]
    pairs = [(a, number // a) for a in range(1, min(number, MOST_DIVISORS) + 1) if number % a == 0]
    lines = []
    for a, b in pairs:
        first = solved(one.letter, Requirement(a, "=", one)).reduced()
        second = solved(two.letter, Requirement(b, "=", two)).reduced()
        if not first.empty and not second.empty:
            lines.append(f"      {classes_text(first, one.letter)} and {classes_text(second, two.letter)}")
    return [
        head,
        *lines[:MOST_PAIRS],
        *([f"      and {len(lines) - MOST_PAIRS} more"] if len(lines) > MOST_PAIRS else []),
    ]


MOST_DIVISORS = 1 << 20
