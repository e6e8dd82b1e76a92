"""An order in which layers can run: each after those that it takes something from."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


def in_order(waits: Sequence[set[int]]) -> list[int]:
    """The numbers 0, 1, …, each after those that it waits for, otherwise in the order given.

    Those that wait for one another in a circle, and whatever waits for them, are left out.
    """
    if all(all(before < at for before in wait) for at, wait in enumerate(waits)):
        return list(range(len(waits)))
    after: list[list[int]] = [[] for _ in waits]
    for at, wait in enumerate(waits):
        for before in wait:
            after[before].append(at)
    left = [len(wait) for wait in waits]
    free = deque(at for at, number in enumerate(left) if number == 0)
    order: list[int] = []
    while free:
        at = free.popleft()
        order.append(at)
        for following in after[at]:
            left[following] -= 1
            if left[following] == 0:
                free.append(following)
    return order
