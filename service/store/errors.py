"""What the store refuses, so that whoever asked can be told of each field."""

from collections.abc import Mapping


class NotAccepted(ValueError):
    """What was handed in has wrong fields; `problems` says of each what it wants and what it has."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        self.problems = wrong
        super().__init__("; ".join(f"{field}: {problem}" for field, problem in wrong.items()))
