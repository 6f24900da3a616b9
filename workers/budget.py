"""Looks at the caps before each request: of one run, and of a provider's day, in tokens and money, over all workers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from threading import Lock
from typing import Protocol

from scorecards.cost.engine import Tariff
from scorecards.cost.usage import Usage
from scorecards.exchanges import Ask, Exchange, Outcome
from scorecards.probes._billed import billed
from scorecards.probes._probe import estimated

HEADROOM = 2
"""Our own count may be off by so much, so input is set aside with it."""

MICRO = Decimal(1_000_000)
"""Millionths of a US dollar in one."""

COSTS_NOTHING = frozenset(
    {
        Outcome.OVER_BUDGET,
        Outcome.UNSUPPORTED,
        Outcome.BAD_URL,
        Outcome.REFUSED_ADDRESS,
        Outcome.DNS,
        Outcome.TLS,
        Outcome.TIMEOUT_CONNECT,
        Outcome.REDIRECT_REFUSED,
        Outcome.AUTH,
        Outcome.FORBIDDEN,
        Outcome.NOT_FOUND,
        Outcome.BAD_REQUEST,
        Outcome.TOO_LARGE,
        Outcome.RATE_LIMITED,
    }
)
"""Never sent, or refused: nobody bills it. Whatever else ended early may be billed."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens, input and output, and their cost in millionths of a US dollar, rounded up; 0 without a known price."""

    tokens: int
    micro_usd: int = 0


class Purse(Protocol):
    """Somebody's tokens or money. `at` is the aware instant at which an amount was taken, also when it is returned."""

    def take(self, amount: Amount, at: datetime) -> str:
        """Set an amount aside; return why that is not possible, "" when it is."""

    def give_back(self, amount: Amount, at: datetime) -> None:
        """Return what was set aside and not used."""


@dataclass(slots=True)
class RunPurse:
    """The tokens of one run; `name` is the setting or option that caps them."""

    cap: int
    name: str
    used: int = 0
    _lock: Lock = field(default_factory=Lock)

    def take(self, amount: Amount, at: datetime) -> str:  # noqa: ARG002
        """Set tokens aside."""
        with self._lock:
            if self.used + amount.tokens > self.cap:
                wanted = f"wants at most {self.cap} tokens in one run ({self.name})"
                return f"{wanted}, {self.used} are used and the next may take {amount.tokens}"
            self.used += amount.tokens
            return ""

    def give_back(self, amount: Amount, at: datetime) -> None:  # noqa: ARG002
        """Return what was not used."""
        with self._lock:
            self.used -= amount.tokens


@dataclass(frozen=True, slots=True)
class Budget:
    """Every purse that a run has to ask before each request; `tariff` None = no price of the endpoint is held."""

    purses: tuple[Purse, ...]
    tariff: Tariff | None = None

    def take(self, ask: Ask, at: datetime) -> str:
        """Set the most that an ask may cost aside in every purse; return why not, "" when it may be sent."""
        amount = self._amount(most(ask), at)
        for place, purse in enumerate(self.purses):
            if reason := purse.take(amount, at):
                self._each(self.purses[:place], lambda one: one.give_back(amount, at))
                return reason
        return ""

    def settle(self, exchange: Exchange) -> None:
        """Return what an exchange did not use after all; it was taken at the instant at which the exchange started."""
        at = exchange.started_at
        taken, spent = self._amount(most(exchange.ask), at), self._amount(cost(exchange), at)
        unused = Amount(taken.tokens - spent.tokens, taken.micro_usd - spent.micro_usd)
        self._each(self.purses, lambda one: one.give_back(unused, at))

    def _amount(self, usage: Usage | None, at: datetime) -> Amount:
        if usage is None:
            return Amount(0)
        return Amount(usage.input + usage.output, micro_usd(self.tariff, usage, at) if self.tariff else 0)

    @staticmethod
    def _each(purses: tuple[Purse, ...], do: Callable[[Purse], None]) -> None:
        for purse in purses:
            do(purse)


def most(ask: Ask) -> Usage:
    """Return the most tokens that an ask may use."""
    planned = estimated([ask])
    return Usage(HEADROOM * planned.input_tokens, planned.output_tokens)


def cost(exchange: Exchange) -> Usage | None:
    """Return the tokens an exchange used, as reported; without a report the most, and None if nobody can bill it."""
    if told := billed(exchange):
        return told
    return None if _free(exchange) else most(exchange.ask)


def _free(exchange: Exchange) -> bool:
    """Tell whether a request was refused or never got there; a connection refused is a reset without any byte."""
    unheard = exchange.outcome is Outcome.RESET and exchange.status is None and not exchange.deltas
    return unheard or exchange.outcome in COSTS_NOTHING


def micro_usd(tariff: Tariff, usage: Usage, at: datetime) -> int:
    """Return the dearest that usage may cost at an aware instant, in millionths of a dollar; 0 without a known price.

    Output of which nobody said how much was reasoning counts as the dearer of the two.
    """
    ways = [usage] if usage.reasoning else [usage, replace(usage, reasoning=usage.output)]
    costs = [tariff.cost(one, at) for one in ways]
    dearest = max((usd for one in costs if (usd := one.in_usd(one.high)) is not None), default=Decimal(0))
    return int((dearest * MICRO).to_integral_value(ROUND_CEILING))
