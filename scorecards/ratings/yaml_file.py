"""Reads YAML files of others as plain texts, lists and mappings, whatever stands in them."""

import re
from typing import Any

import yaml

from scorecards.ratings.rating import File, RatingError

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
"""Escapes can make these; no database takes NUL, no encoding takes half of a surrogate pair."""

MAX_DEPTH = 16
"""Levels of nesting; the files read here have five."""


class _Plain(yaml.BaseLoader):
    """YAML without aliases, anchors and deep nesting: a few lines of them unfold to gigabytes. All scalars are text."""

    depth = 0

    def fetch_alias(self) -> None:
        self._refuse("alias")

    def fetch_anchor(self) -> None:
        self._refuse("anchor")

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._refuse(f"nesting beyond {MAX_DEPTH} levels")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's
        made = super().construct_mapping(node, deep)
        if len(made) < len(node.value):
            raise yaml.MarkedYAMLError(problem="a key that stands twice", problem_mark=node.start_mark)
        return made

    def construct_scalar(self, node: yaml.ScalarNode) -> str:
        value = str(super().construct_scalar(node))
        if _UNWRITABLE.search(value):
            raise yaml.MarkedYAMLError(problem="a character that is no text", problem_mark=node.start_mark)
        return value

    def _refuse(self, what: str) -> None:
        raise yaml.MarkedYAMLError(problem=what, problem_mark=self.get_mark())


def mapping(file: File) -> dict[str, Any]:
    """Return the mapping that the file is; null is "".

    Raises:
        RatingError: it is no YAML mapping, or has an alias, an anchor, a key twice or deep nesting.
    """
    try:
        found = yaml.load(file.text, Loader=_Plain)  # noqa: S506 - makes nothing but text, lists and mappings
    except yaml.YAMLError as error:
        raise RatingError(f"{file.name}{_line(error)}: wants plain YAML, has {_problem(error)}") from error
    except (ValueError, OverflowError) as error:  # PyYAML hands the number of an escape to chr() unchecked
        raise RatingError(f"{file.name}: wants plain YAML, has {error}") from error
    return section(found, file.name)


def section(found: object, where: str) -> dict[str, Any]:
    """Return `found` as a mapping.

    Raises:
        RatingError: it is none.
    """
    if not isinstance(found, dict):
        raise RatingError(f"{where}: wants a mapping, has {_kind(found)}")
    return found


def text(found: dict[str, Any], key: str, where: str) -> str:
    """Return the text of a key; "" when there is none.

    Raises:
        RatingError: it is a list or mapping.
    """
    value = found.get(key, "")
    if not isinstance(value, str):
        raise RatingError(f"{where}: {key}: wants a text, has {_kind(value)}")
    return value


def _kind(found: object) -> str:
    kinds = ((str, "a text"), (list, "a list"), (dict, "a mapping"))
    return next((words for kind, words in kinds if isinstance(found, kind)), "nothing")


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" line {mark.line + 1}" if mark else ""


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]
