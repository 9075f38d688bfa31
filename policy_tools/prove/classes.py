"""Classes of answers and commands that have always had the same result: of each class only one is tried."""

from collections.abc import Set

from policy_tools.prove.abstraction import Key
from policy_tools.prove.moves import MUNICIPALITY


class Classes:
    """The classes of moves found so far."""

    def __init__(self) -> None:
        self._class: dict[str, dict[str, int]] = {}
        self._ordered: dict[str, list[str]] = {}
        """Of each kind of move, those that are known, in order."""
        self._never: dict[str, int] = {}
        self._moving: dict[str, set[str]] = {}
        self.chosen: dict[str, frozenset[str]] = {}
        """Of each kind of move, one of every class: the first in the order of words that was seen to lead elsewhere."""

    def learn(self, of: str, results: dict[str, object], made: Set[str], here: Key) -> None:
        """Add what each move led to in one more situation. A move not made here counts as the one made of its class."""
        moved = self._moving.setdefault(of, set())
        moved |= {words for words in made if _elsewhere(results[words], here)}
        known, never = self._class.setdefault(of, {}), self._never.get(of, 0)
        split: dict[tuple[int, object], int] = {(never, None): 0}
        first: dict[int, str] = {}
        if not results.keys() <= known.keys():
            self._ordered[of] = sorted(known.keys() | results.keys(), key=_in_order)
        for words in self._ordered.get(of, ()):
            told = (known.get(words, never), results.get(words))
            known[words] = split.setdefault(told, len(split))
            if words in moved:
                first.setdefault(known[words], words)
        self._never[of] = 0
        self.chosen[of] = frozenset(first.values())


def _in_order(words: str) -> tuple[bool, str]:
    """Order moves: those of the municipality, which may do everything, come first."""
    return (not words.startswith(f"{MUNICIPALITY}:"), words)


def _elsewhere(result: object, here: Key) -> bool:
    """Tell whether a move, or losing what it claimed, led to another state."""
    return isinstance(result, tuple) and (result[0] != here or any(lost != here for lost in result[1]))
