"""What one piece of work uses of a model, and which meters that runs."""

from collections.abc import Iterator
from dataclasses import dataclass, fields


class UsageError(ValueError):
    """Counts that cannot be; the message says what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts of one request, or the sums of `requests` equal ones.

    Attributes:
        input: Tokens of the whole input, those from and into the cache included.
        cached, cache_write: Parts of `input` that were read from the cache, or written into it.
        output: Tokens of the whole output, reasoning included.
        reasoning: Part of `output`; matters only where it is priced apart.
        image, audio: In the unit in which the endpoint lists them: images, minutes, or tokens beside `input`.
        search: Calls of the provider's own search tool.
        requests: Context tiers go by the input of one of them.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0
    image: int = 0
    audio: int = 0
    search: int = 0
    requests: int = 1

    def __post_init__(self) -> None:
        """Refuse counts that cannot be.

        Raises:
            UsageError: naming the count.
        """
        tokens = (self.input, self.output, self.cached, self.cache_write, self.reasoning)
        if min(*tokens, self.image, self.audio, self.search) < 0:
            name = min(COUNTS, key=lambda one: getattr(self, one))
            raise UsageError(f"{name} wants a count of at least 0, has {getattr(self, name)}")
        if self.requests < 1:
            raise UsageError(f"requests wants a count of at least 1, has {self.requests}")
        if self.cached + self.cache_write > self.input:
            parts = f"cached {self.cached} + cache_write {self.cache_write}"
            raise UsageError(f"{parts} want to be at most input, which is {self.input}")
        if self.reasoning > self.output:
            raise UsageError(f"reasoning {self.reasoning} wants to be at most output, which is {self.output}")

    @property
    def input_of_one(self) -> int:
        """Tokens of one request's input, rounded up."""
        return -(-self.input // self.requests)


COUNTS = tuple(one.name for one in fields(Usage))


@dataclass(frozen=True, slots=True)
class Charge:
    """How much runs on a meter; `instead` = the meter that counts it where this one has no price ("" = none does)."""

    meter: str
    quantity: int
    instead: str = ""


FREE_UNLESS_LISTED = "request"
"""A fee for the request itself: who lists none asks for none."""


def charges(usage: Usage, *, reasoning_apart: bool) -> Iterator[Charge]:
    """Return what runs on which meter, without the meters on which nothing runs."""
    apart = usage.reasoning if reasoning_apart else 0
    if fresh := usage.input - usage.cached - usage.cache_write:
        yield Charge("input", fresh)
    if usage.cached:
        yield Charge("cache_read", usage.cached, "input")
    if usage.cache_write:
        yield Charge("cache_write", usage.cache_write, "input")
    if said := usage.output - apart:
        yield Charge("output", said)
    if apart:
        yield Charge("reasoning", apart)
    if usage.image or usage.audio or usage.search:
        yield from (
            Charge(meter, count)
            for meter, count in (("image", usage.image), ("audio", usage.audio), ("search", usage.search))
            if count
        )
    yield Charge(FREE_UNLESS_LISTED, usage.requests)
