"""How one case, and one file of them, is judged."""

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec

from convmath.errors import ConvmathError

SCORED = ("y", "np", "fl", "dx", "dw", "db", "shapes", "rf")
"""The recorded answers: shape or values, parameters, FLOPs, gradients; of a stack every shape, and what single
units read. ``e`` is a rejection."""


REFUSED = "refused"
"""What a refusal is held as, whatever its words are."""

NUMBERS = r"(?<![\w.])\d+( x \d+)*(?![\w.])"
"""Sizes in a reason: reasons that differ in them alone are counted together."""


class UndecidedError(Exception):
    """Not answered, with the reason: convmath cannot express it yet, or the framework itself is of two minds."""


class RefusedError(Exception):
    """The framework refuses this by a rule of its own, before or beside the mathematics."""


@dataclass
class Score:
    """One file's figures; ``wrong`` holds (the case's place in the file, the case, our answer)."""

    cases: int = 0
    equal: int = 0
    wrong: list = field(default_factory=list)
    undecided: Counter = field(default_factory=Counter)

    @property
    def decided(self):
        return self.equal + len(self.wrong)

    def lines(self, name):
        count = self.undecided.total()
        yield (
            f"{name}: {self.cases} cases, {self.decided} decided, {self.equal} equal, {len(self.wrong)} wrong, "
            f"{count} undecided"
        )
        for place, case, found in self.wrong[:1]:
            yield f"  first wrong: case {place}, {json.dumps(case)[:800]}"
            yield f"    convmath gives {json.dumps(found)[:800]}"
        for reason, times in self.undecided.most_common():
            yield f"  undecided {times}: {reason}"


def cases_in(path):
    """The cases of one file, plain or gzipped."""
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)


def files_in(folder):
    return sorted(path for path in folder.iterdir() if path.name.endswith((".json", ".json.gz")))


def stem(path):
    return path.name.removesuffix(".gz").removesuffix(".json")


def translations(name):
    """The module of the framework that a file is named after, or None where there is none yet."""
    framework = name.split("_")[0]
    where = f"{__package__}.{framework}"
    known = framework.isidentifier() and framework != "score" and find_spec(where)
    return import_module(where) if known else None


def judge(case, translate):
    """(whether our answer is the recorded one, our answer).

    Raises:
        UndecidedError: there is no answer.
    """
    found = {}
    try:
        translate(case, found)
    except (ConvmathError, RefusedError) as error:
        found["e"] = f"{type(error).__name__}: {error}"
    except UndecidedError:
        raise
    except Exception as error:  # whatever is raised by accident is no answer
        return False, {"crash": f"{type(error).__name__}: {error}"}
    if "dis" in case:
        keys = [key for key in SCORED if key in case]
        return _listed(case["dis"], found) and all(found.get(key) == case[key] for key in keys), found
    rejected = "e" in case
    if rejected != ("e" in found):
        return False, found
    keys = [key for key in SCORED if key in case and (key in found or not rejected)]
    return all(key in found and found[key] == case[key] for key in keys), found


def _listed(recorded, found):
    """Whether our answer is one of those recorded, and where two implementations differ, that we say so."""
    ours = REFUSED if "e" in found else found.get("y")
    shown = [REFUSED if isinstance(answer, str) else answer for answer in recorded.values()]
    disputed = recorded.get("infer") != recorded.get("ort")
    return ours in shown and (not disputed or bool(found.get("dis")))


def score(name, cases):
    """The figures of one file's cases."""
    result = Score(len(cases))
    framework = translations(name)
    for place, case in enumerate(cases):
        try:
            equal, found = _judged(case, framework)
        except UndecidedError as reason:
            result.undecided[re.sub(NUMBERS, "#", str(reason))] += 1
            continue
        if equal:
            result.equal += 1
        else:
            result.wrong.append((place, case, found))
    return result


def _judged(case, framework):
    if framework is None:
        raise UndecidedError("no translation yet")
    if str(case.get("e", "")).startswith("CRASH"):
        raise UndecidedError("the framework's process died")
    # The cases of a file of one kind do not name it.
    op = case.get("op", framework.__name__.rpartition(".")[2])
    translate = framework.OPS.get(op)
    if translate is None:
        raise UndecidedError(f"no translation of {op} yet")
    return judge(case, translate)
