"""Published networks, each a YAML file in ``convmath/catalogue/``: ``catalogue["resnet50"]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from convmath.errors import ParseError
from convmath.language.tokens import shown
from convmath.network.graph import Network
from convmath.readers.yaml import read_yaml

ROOM = Path(__file__).parent.parent / "catalogue"


class Catalogue(Mapping[str, Network]):
    """The networks by name; each is read when it is first asked for, and kept."""

    def __init__(self, room: Path = ROOM) -> None:
        self._files = {file.stem: file for file in sorted(room.glob("*.yaml"))}
        self._read: dict[str, Network] = {}

    def __getitem__(self, name: str) -> Network:
        """The network with this name.

        Raises:
            KeyError: there is none; it is a ParseError, too, and says which there are.
        """
        found = self._read.get(name)
        if found is None:
            if name not in self._files:
                raise MissingError(f"the catalogue has no network {shown(str(name))}: it has {', '.join(self._files)}")
            found = self._read[name] = read_yaml(self._files[name])
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __repr__(self) -> str:
        return f"<catalogue: {', '.join(self._files)}>"

    def path(self, name: str) -> Path:
        """The file that describes a network.

        Raises:
            KeyError: there is none.
        """
        if name not in self._files:
            self[name]
        return self._files[name]


class MissingError(ParseError, KeyError):
    """There is no such network."""

    def __str__(self) -> str:
        return str(self.args[0])


catalogue = Catalogue()
"""What ``convmath`` knows by name: ``list(catalogue)`` says which."""
