"""Writes the golden pack anew: python tests/scorecards/switching/golden.py, and read what changed."""

from pathlib import Path

from scorecards.switching import drill, pack
from scorecards.switching.pack import Material
from tests.scorecards.switching import drilling

GOLDEN = Path(__file__).parents[2] / "golden" / "swap-pack"
LEFT = ("report.json", "regression.promptfooconfig.yaml", "snippet.py")
"""Too long to be read as a whole, or a constant; their parts are tested."""


def files():
    """Return the pack of the planted drill."""
    made = drilling.planted()
    material = Material(drilling.plan().prompts, {ref: one.endpoint for ref, one in made.parties.items()})
    return pack.files(drill.build(made), material)


def shown():
    return {name: text for name, text in files().items() if name not in LEFT}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, text in shown().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
