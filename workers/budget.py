"""Looks at the caps before each request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from scorecards.exchanges import Ask, Exchange
from scorecards.probes._probe import estimated

HEADROOM = 2
"""Our own count may be off by so much, so input is set aside with it."""


class Purse(Protocol):
    """Somebody's tokens."""

    def take(self, tokens: int) -> str:
        """Set tokens aside; return why that is not possible, "" when it is."""

    def give_back(self, tokens: int) -> None:
        """Return what was set aside and not used."""


@dataclass(slots=True)
class RunPurse:
    """The tokens of one run; `name` is the setting or option that caps them."""

    cap: int
    name: str
    used: int = 0
    _lock: Lock = field(default_factory=Lock)

    def take(self, tokens: int) -> str:
        """Set tokens aside."""
        with self._lock:
            if self.used + tokens > self.cap:
                wanted = f"wants at most {self.cap} tokens in one run ({self.name})"
                return f"{wanted}, {self.used} are used and the next may take {tokens}"
            self.used += tokens
            return ""

    def give_back(self, tokens: int) -> None:
        """Return what was not used."""
        with self._lock:
            self.used -= tokens


@dataclass(frozen=True, slots=True)
class Budget:
    """Every purse that a run has to ask before each request."""

    purses: tuple[Purse, ...]

    def take(self, ask: Ask) -> str:
        """Set the most that an ask may cost aside in every purse; return why not, "" when it may be sent."""
        for place, purse in enumerate(self.purses):
            if reason := purse.take(most(ask)):
                self._each(self.purses[:place], lambda one: one.give_back(most(ask)))
                return reason
        return ""

    def settle(self, exchange: Exchange) -> None:
        """Return what an exchange did not use after all."""
        unused = most(exchange.ask) - cost(exchange)
        self._each(self.purses, lambda one: one.give_back(unused))

    @staticmethod
    def _each(purses: tuple[Purse, ...], do: Callable[[Purse], None]) -> None:
        for purse in purses:
            do(purse)


def most(ask: Ask) -> int:
    """Return the most tokens, input and output, that an ask may use."""
    planned = estimated([ask])
    return HEADROOM * planned.input_tokens + planned.output_tokens


def cost(exchange: Exchange) -> int:
    """Return the tokens an exchange used, as reported; without a report the most, and nothing if nothing came back."""
    usage = exchange.usage
    if usage and usage.input is not None and usage.output is not None:
        return usage.input + usage.output
    return most(exchange.ask) if exchange.deltas else 0
