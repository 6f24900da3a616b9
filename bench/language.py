"""Asks two real local models for one text in many languages; prints tokens relative to English, as they were billed.

Beside the bundled text the articles of UDHR of the shared samples, if they are there, against what the model's own
tokenizer is known to make of the whole sample (Gemma 3, compare-mask-switch.md B5). The two differ in what is joined:
here 15 articles in one prompt, there one by one.
"""

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scorecards import evalset_files
from scorecards.probes import language_premium
from scorecards.probes._probe import Target
from workers import http
from workers.ask import exchange
from workers.asking import channel
from workers.local_models import LocalModels

SHARED = Path(__file__).parents[1].parent / "shared" / "evalsets"
UDHR = "udhr_parallel"
LANGUAGES = ("en", "zh", "es", "fr", "ar", "hi", "ja", "ru", "bn")
UDHR_TAG = {"zh": "zh-Hans"}
GEMMA_3 = {"en": 1, "zh": 0.95, "es": 1.23, "fr": 1.38, "ar": 1.32, "hi": 1.34, "ja": 1.21, "ru": 1.38, "bn": 1.17}


def main():
    sets = dict(evalset_files.bundled())
    if SHARED.is_dir():
        sets[UDHR] = only(evalset_files.folder(SHARED)[UDHR], [UDHR_TAG.get(lang, lang) for lang in LANGUAGES])
    else:
        print(f"wants public samples, has no folder {SHARED.name}; asks the bundled text only")
    with tempfile.TemporaryDirectory() as folder, LocalModels.start(Path(folder), ports=[0, 0]) as models:
        found = {one.model_id: measured(Target(one, "bench", sets=sets, local=True)) for one in models.endpoints()}
    report(found)


def only(one, languages):
    """Return a set without the languages that the table has no row for: each costs seconds of reading here."""
    return replace(one, items=[item for item in one.items if item.lang in languages])


def measured(target):
    """Return reading by quantity, from the requests of the probe's own plan."""
    with http.Client(http.policy("model", ["127.0.0.1/32"])) as client:
        way = channel(client, target.endpoint)
        exchanges = [exchange(way, ask, datetime.now(UTC)) for ask in language_premium.PROBE.plan(target)]
    return {one.quantity: one for one in language_premium.PROBE.read(target, exchanges)}


def report(found):
    columns = [(model, text) for model in found for text in ("ours", "UDHR")]
    heads = [f"{model.partition('-')[0]} {text}" for model, text in columns]
    print(f"{'lang':6}" + "".join(f"{one:>22}" for one in heads) + f"{'Gemma 3, known':>16}")
    for lang in LANGUAGES:
        names = {"ours": lang, "UDHR": f"{UDHR}/{UDHR_TAG.get(lang, lang)}"}
        cells = [cell(found[model], names[text]) for model, text in columns]
        print(f"{lang:6}" + "".join(f"{one:>22}" for one in cells) + f"{GEMMA_3[lang]:>16}")
    for model, readings in found.items():
        why = Counter(one.note[:100] for one in readings.values() if one.value is None)
        told = [f"{count} unmeasured: {note}" for note, count in sorted(why.items())]
        print(f"{model}: {len(readings)} readings", *told, sep="\n  ")


def cell(readings, name):
    tokens, premium = (readings.get(f"{family}:{name}") for family in ("language_tokens", "language_premium"))
    if tokens is None or tokens.value is None:
        return "-"
    share = "-" if premium.value is None else f"{premium.value:.2f}"
    return f"{share} ({tokens.value})"


if __name__ == "__main__":
    main()
