"""The real documents that lie beside this project, as a reader gets them."""

import csv
import functools
from datetime import UTC, datetime
from pathlib import Path

from scorecards.evidence import Document, Identity

FETCHED = datetime(2026, 11, 24, tzinfo=UTC)
WANTED = "wants ../shared/disclosures beside the project; it is not there"


def _root():
    beside = (parent / "shared" / "disclosures" for parent in Path(__file__).parents)
    return next((path for path in beside if path.is_dir()), None)


ROOT = _root()
"""None = the material is not at hand; tests that want it are skipped."""

MODELS = () if ROOT is None else tuple(sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("[!_]*/*") if p.is_dir()))
"""Refs, as the folders are called."""

SUBJECTS = {
    "ai2/olmoe": "OLMoE",
    "alibaba/qwen3": "Qwen3",
    "alibaba/qwen3-235b-fmti": "Qwen3-235B",
    "alibaba/qwen3-coder": "Qwen3-Coder",
    "alibaba/qwen3.5": "Qwen3.5",
    "alibaba/qwq-32b": "QwQ-32B",
    "amazon/nova-premier": "Amazon Nova Premier",
    "baichuan/baichuan2": "Baichuan 2",
    "baidu/ernie-3.0": "ERNIE 3.0",
    "baidu/ernie-4.5": "ERNIE 4.5",
    "bigscience/bloom": "BLOOM",
    "deepseek/deepseek-coder-v2": "DeepSeek-Coder-V2",
    "deepseek/deepseek-v2": "DeepSeek-V2",
    "deepseek/deepseek-v3": "DeepSeek-V3",
    "deepseek/deepseek-v3.2-exp": "DeepSeek-V3.2-Exp",
    "google/gemini-2.5-pro": "Gemini 2.5 Pro",
    "google/gemma-1": "Gemma",
    "google/gemma-repo": "Gemma",
    "google/recurrentgemma": "RecurrentGemma",
    "ibm/granite-3.3": "Granite 3.3",
    "ibm/granite-4.0": "Granite 4.0",
    "meta/llama-2": "Llama 2",
    "meta/llama-3.1": "Llama 3.1",
    "meta/llama-3.2": "Llama 3.2",
    "microsoft/phi-2": "Phi-2",
    "microsoft/phi-3.5-mini": "Phi-3.5-mini",
    "microsoft/phi-4": "Phi-4",
    "minimax/minimax-m2": "MiniMax-M2",
    "mistral/mistral-7b": "Mistral-7B",
    "mistral/mistral-large-2.0": "Mistral Large 2.0",
    "mistral/mistral-large-3": "Mistral Large 3",
    "mistral/mistral-medium-3": "Mistral Medium 3",
    "mistral/mistral-small-3.2": "Mistral Small 3.2",
    "moonshot/kimi-k2": "Kimi K2",
    "moonshot/kimi-k2.5": "Kimi K2.5",
    "openai/dall-e-2": "DALL·E 2",
    "openai/gpt-2": "GPT-2",
    "openai/gpt-oss-120b": "gpt-oss-120b",
    "openai/instructgpt": "InstructGPT",
    "openai/o3": "OpenAI o3",
    "tencent/hunyuan-7b": "Hunyuan-7B",
    "tencent/hunyuan-a13b": "Hunyuan-A13B",
    "tencent/hy-mt1.5": "HY-MT1.5",
    "xai/grok-1": "Grok-1",
    "xiaomi/mimo-v2-flash": "MiMo-V2-Flash",
    "xiaomi/mimo-vl-7b": "MiMo-VL-7B",
    "zai/glm-4-0414": "GLM-4-0414",
    "zai/glm-5": "GLM-5",
}
"""Ref → what its documents call the model, so that a mutation can speak about it."""

FAMILIES = frozenset(
    [
        "ai2/olmoe",
        "alibaba/qwen3",
        "alibaba/qwen3-235b-fmti",
        "alibaba/qwen3-coder",
        "alibaba/qwen3.5",
        "baichuan/baichuan2",
        "baidu/ernie-3.0",
        "baidu/ernie-4.5",
        "deepseek/deepseek-coder-v2",
        "deepseek/deepseek-v2",
        "google/gemma-1",
        "google/gemma-repo",
        "google/recurrentgemma",
        "ibm/granite-3.3",
        "ibm/granite-4.0",
        "meta/llama-2",
        "meta/llama-3.1",
        "meta/llama-3.2",
        "openai/gpt-2",
        "openai/instructgpt",
        "tencent/hy-mt1.5",
        "zai/glm-4-0414",
        "zai/glm-5",
    ]
)
"""Refs that name several sizes at once: there a `-Mini` may be a member rather than a sibling."""


@functools.cache
def documents(ref):
    """Return the documents of a model, by name; each is first-party, as the folder says."""
    return tuple(document(path.name, path.read_bytes()) for path in sorted((ROOT / ref).iterdir()))


def document(name, content):
    """Return one document as `pellucid extract` would make it of a file."""
    return Document.of(content, f"file:///documents/{name}", _media_type(name), FETCHED, first_party=True)


def name_of(one):
    """Return the file name of a document."""
    return one.url.rpartition("/")[2]


def identity(ref):
    """Return who the documents are about, knowing no more than `--developer` and `--model` say."""
    developer, _, model = ref.partition("/")
    return Identity(ref, (model.removesuffix("-fmti"),), (developer,))


@functools.cache
def labels():
    """Return the rows of gold.csv."""
    with (ROOT / "gold.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def _media_type(name):
    return _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "text/plain")


_MEDIA_TYPES = {
    "md": "text/markdown",
    "mdx": "text/markdown",
    "html": "text/html",
    "json": "application/json",
    "yaml": "application/yaml",
}
