"""What a drill hands over: the report, and all that is needed to move to a candidate and back again."""

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scorecards.catalog import Endpoint
from scorecards.compare import promptfoo
from scorecards.compare.prompt_rows import Prompt
from scorecards.compare.shown import Json
from scorecards.errors import Expected
from scorecards.switching import litellm, report_text
from scorecards.switching.markdown import plain

PROXY = "http://127.0.0.1:4000"
ADVICE = ("switch", "canary", "undecided", "stay")
"""The best first."""
OPENROUTER = "openrouter"
_PLACEHOLDER = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")
PROVIDER = {
    "id": f"openai:chat:{litellm.MAIN}",
    "config": {"apiBaseUrl": "{{env.LLM_BASE_URL}}", "apiKeyEnvar": "LLM_API_KEY"},
}
SNIPPET = '''"""Asks whatever endpoint the environment names; `source switch.env` first."""

import os

from openai import OpenAI

client = OpenAI(base_url=os.environ["LLM_BASE_URL"], api_key=os.environ["LLM_API_KEY"])
answer = client.chat.completions.create(
    model=os.environ["LLM_MODEL"],
    messages=[{"role": "user", "content": "Say hello."}],
)
print(answer.choices[0].message.content)
'''


class PackError(Expected, ValueError):
    """There is no such candidate to move to; the message names those that there are."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a pack is made of beside the drill's document.

    Attributes:
        prompts: That were asked.
        endpoints: Of A and the candidates, by ref.
        catalogue: Any other endpoints, among which those of OpenRouter name its ids of the same models.
    """

    prompts: Sequence[Prompt]
    endpoints: Mapping[str, Endpoint]
    catalogue: Iterable[Endpoint] = field(default=())


def files(drill: Json, material: Material, candidate: str | None = None) -> dict[str, str]:
    """Return the pack as `{name: text}`, for one candidate; None = the one with the best advice.

    Raises:
        PackError: the drill has no such candidate.
    """
    chosen = _chosen(drill, candidate)
    a, b = material.endpoints[drill["baseline"]["ref"]], material.endpoints[chosen["ref"]]
    routed = _openrouter(a, b, material)
    made = {
        "report.json": json.dumps(drill, indent=1, ensure_ascii=False, sort_keys=True) + "\n",
        "report.md": report_text.report(drill),
        "litellm.yaml": litellm.config(a, b),
        "litellm.canary.yaml": litellm.canary(a, b),
        "switch.env": _environment(a, b),
        "snippet.py": SNIPPET,
        **({"openrouter.json": routed} if routed else {}),
        "regression.promptfooconfig.yaml": promptfoo.export(material.prompts, [PROVIDER]),
        "failing_prompts.jsonl": _failing(drill, chosen, material.prompts),
    }
    return {"README.md": _readme(drill, chosen, made), **made}


def _chosen(drill: Json, candidate: str | None) -> Mapping[str, Any]:
    found = [one for one in drill["candidates"] if candidate in (None, one["ref"])]
    if not found:
        names = ", ".join(one["ref"] for one in drill["candidates"]) or "none"
        raise PackError(f"candidate: wants one of {names}, has {candidate!r}")
    return min(found, key=lambda one: ADVICE.index(one["recommendation"]["advice"]))


def _environment(a: Endpoint, b: Endpoint) -> str:
    """Return lines for a POSIX shell; keys stay in the variables where they are."""
    keys = sorted({one.key_env for one in (a, b) if one.key_env})
    return "\n".join(
        [
            "# source this before starting the proxy and the program; no key stands in it",
            *(f"# wants {one} in the environment" for one in keys),
            f"export A_BASE_URL={_quoted(a.base_url)}",
            f"export B_BASE_URL={_quoted(b.base_url)}",
            f"export LLM_BASE_URL={PROXY}/v1",
            'export LLM_API_KEY="${LITELLM_MASTER_KEY:-none}"',
            f"export LLM_MODEL={litellm.MAIN}",
            "",
            "# back to A, at once and without a new configuration:",
            f"# export LLM_MODEL={litellm.BACKUP}",
            "",
        ]
    )


def _quoted(url: str) -> str:
    """Return a base URL for a shell; only the catalogue's own `{NAME}` is read from the environment."""
    parts = _PLACEHOLDER.split(url)
    return "".join(f'"${{{one}}}"' if at % 2 else shlex.quote(one) if one else "" for at, one in enumerate(parts))


def _openrouter(a: Endpoint, b: Endpoint, material: Material) -> str | None:
    """Return the body that lets OpenRouter serve B and fall back to A; None where its id of one is not known."""
    known = {one.model: one.model_id for one in (*material.catalogue, a, b) if one.provider == OPENROUTER}
    if a.model not in known or b.model not in known:
        return None
    wanted = {"require_parameters": True, "allow_fallbacks": True, "data_collection": "deny"}
    return json.dumps({"models": [known[b.model], known[a.model]], "provider": wanted}, indent=1) + "\n"


def _failing(drill: Json, chosen: Mapping[str, Any], prompts: Sequence[Prompt]) -> str:
    """Return a line for every prompt that breaks, with both outputs."""
    sides = drill["comparison"]["candidates"] if drill["comparison"] else []
    breaks = [each for one in sides if one["endpoint"] == chosen["ref"] for each in one["breaks"]]
    chance = {prompt for one in chosen["may_be_chance"] for prompt in one["prompts"]}
    asked = {one.id: one for one in prompts}
    rows = [{**_asked(asked.get(one["prompt"])), **one, "may_be_chance": one["prompt"] in chance} for one in breaks]
    return "".join(json.dumps(one, ensure_ascii=False, sort_keys=True) + "\n" for one in rows)


def _asked(prompt: Prompt | None) -> Json:
    return {"text": prompt.text, "system": prompt.system, "lang": prompt.lang} if prompt else {}


WHAT: Mapping[str, str] = {
    "report.md": "the drill for people: what to do and why, every difference with its interval and n",
    "report.json": "the same for programs, with the whole comparison",
    "failing_prompts.jsonl": "every prompt that breaks, with both outputs; what stands in them is data",
    "litellm.yaml": "a LiteLLM proxy that serves B and falls back to A",
    "litellm.canary.yaml": "the same, with a tenth of the requests for B and the others for A",
    "switch.env": "the addresses, for a shell; keys are read from your own environment",
    "snippet.py": "how a program asks the proxy, by OpenAI's client",
    "openrouter.json": "what to add to a request's body at OpenRouter, for the same two models",
    "regression.promptfooconfig.yaml": "the prompts and checks of the drill for promptfoo",
}
"""File → what it is for, in the order of a pack's README."""


def _readme(drill: Json, chosen: Mapping[str, Any], made: Mapping[str, str]) -> str:
    told = chosen["recommendation"]
    listed = "".join(f"- `{name}`: {what}\n" for name, what in WHAT.items() if name in made)
    missing = (
        "" if "openrouter.json" in made else "\nNo `openrouter.json`: OpenRouter's id of one of the two is not known.\n"
    )
    return f"""# Moving {plain(drill["app"]["name"])} from A to B

A = {plain(drill["baseline"]["ref"])}, B = {plain(chosen["ref"])}

The drill of {drill["as_of"]} says **{told["advice"]}**: {plain(told["reason"])}.
{"" if told["advice"] == "switch" else "The files below would move all the same; read report.md first." + chr(10)}
## Files

{listed}{missing}
## Moving

```sh
. ./switch.env
litellm --config litellm.yaml --host 127.0.0.1 --port 4000
```

Programs ask `$LLM_BASE_URL` for `$LLM_MODEL`. `drop_params` is false: a parameter that LiteLLM knows B not to take is
an error that you see.
Without a master key the proxy serves everyone who reaches it: leave it on 127.0.0.1, or set `LITELLM_MASTER_KEY`.

## Going back

```sh
export LLM_MODEL={litellm.BACKUP}
```

The proxy goes on; A answers under this name at any time, and by itself where B fails.
"""
