"""How far our own count of tokens is off: against the tokenizers of the two local models, on texts of this repository.

Prints for each text our count, then for each model its tokenizer's count and how far ours is off.
"""

import json
import tempfile
import urllib.request
from pathlib import Path

from scorecards.probes._prompts import filler
from scorecards.tokens import estimate
from workers.local_models import LocalModels

ROOT = Path(__file__).parents[1]
CHARACTERS = 6000
CHINESE = "长城是中国古代的军事防御工程,也是世界上著名的古迹。每年都有许多人从各地来到这里参观。" * 40


def texts():
    for name in ("README.md", "docs/design.md", "LICENSE", "workers/ask.py", "scorecards/data/rubric-2026-11.toml"):
        yield name, (ROOT / name).read_text(encoding="utf-8")[:CHARACTERS]
    yield "prompt of 1,000 tokens", filler("0123abcd", 1_000)
    yield "prompt of 10,000 tokens", filler("0123abcd", 10_000)
    yield "Chinese", CHINESE
    yield "bare numbers", " ".join(str(37 * number) for number in range(300))


def counted(base_url, text):
    body = json.dumps({"content": text}).encode()
    url = base_url.removesuffix("/v1") + "/tokenize"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return len(json.load(answer)["tokens"])


def main():
    with tempfile.TemporaryDirectory() as folder, LocalModels.start(Path(folder)) as models:
        endpoints = models.endpoints()
        print(f"{'text':36} {'ours':>6} " + " ".join(f"{one.model_id:>13}" for one in endpoints))
        for name, text in texts():
            own = estimate(text)
            counts = [counted(one.base_url, text) for one in endpoints]
            print(f"{name:36} {own:6} " + " ".join(f"{count:7} {own / count - 1:+5.0%}" for count in counts))


if __name__ == "__main__":
    main()
