"""Times the disclosure reader on one core: models a second, and what twice the size costs."""

import statistics
import time

from scorecards import extraction
from tests.scorecards.transparency import corpus

WISHED_PER_SECOND = 20
SIZES = (312_500, 625_000, 1_250_000, 2_500_000, 5_000_000)
ROUNDS = 3
GROWN = (
    ("deepseek/deepseek-v3", "README.md", "README.md"),
    ("tencent/hunyuan-7b", "README_CN.md", "README_CN.md"),
    ("openai/dall-e-2", "system-card.md", "page.html"),
    ("deepseek/deepseek-v3", "LICENSE-MODEL", "LICENSE"),
)
"""Model, document, and the name under which it is read: a web page without tags is one long paragraph."""


def main():
    if not corpus.MODELS:
        print(corpus.WANTED)
        return
    for ref in corpus.MODELS:
        corpus.documents(ref)
        extraction.extract(corpus.identity(ref), corpus.documents(ref)[:1])
    times = {ref: seconds(corpus.identity(ref), corpus.documents(ref)) for ref in corpus.MODELS}
    slowest = max(times, key=times.get)
    print(
        f"{len(times)} models: {len(times) / sum(times.values()):.1f} a second (wish ≥ {WISHED_PER_SECOND}), ", end=""
    )
    print(f"slowest {slowest} {times[slowest] * 1000:.0f} ms")
    print("seconds/MB of a document over and over (and how many times that of half of it: 2 is linear)")
    for ref, name, as_name in GROWN:
        one = next(one for one in corpus.documents(ref) if corpus.name_of(one) == name)
        print(f"{ref} {name} as {as_name}:", end="")
        print_growth(ref, corpus.document(as_name, one.content))


def print_growth(ref, document):
    before = None
    for size in SIZES:
        content = (document.content * (size // len(document.content) + 1))[:size]
        took = seconds(corpus.identity(ref), [corpus.document(corpus.name_of(document), content)], rounds=1)
        print(
            f"  {took:.2f}/{size / 1e6:.1f}" + ("" if before is None else f" ({took / before:.2f})"), end="", flush=True
        )
        before = took
    print()


def seconds(identity, documents, rounds=ROUNDS):
    """Return the CPU seconds of one reading, the median of several."""
    return statistics.median(_once(identity, documents) for _ in range(rounds))


def _once(identity, documents):
    started = time.process_time()
    extraction.extract(identity, documents)
    return time.process_time() - started


if __name__ == "__main__":
    main()
