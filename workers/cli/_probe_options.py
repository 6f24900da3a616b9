"""What was typed after `pellucid probe`."""

from dataclasses import dataclass

import click


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed; None = nothing was."""

    target: str | None
    names: tuple[str, ...]
    as_json: bool
    url: str | None
    model: str | None
    dialect: str | None
    samples: int | None
    concurrency: int | None
    key_env: str | None
    allow_loopback: bool | None
    token_cap: int | None
    timeout_s: float | None

    def check(self) -> None:
        """Refuse what does not go together.

        Raises:
            click.UsageError: naming the options.
        """
        if (self.target is None) == (self.url is None):
            has = "neither" if self.target is None else "both"
            raise click.UsageError(f"wants either TARGET or --url, has {has}")
        if self.url is not None and self.model is None:
            raise click.UsageError("--url wants --model, the model's id there")
        goes_with_url = [name for name in ONLY_WITH_URL if self.url is None and getattr(self, name) is not None]
        if goes_with_url:
            option = goes_with_url[0].removesuffix("_s").replace("_", "-")
            raise click.UsageError(f"--{option} goes with --url, not with TARGET")


ONLY_WITH_URL = ("model", "dialect", "samples", "concurrency", "key_env", "allow_loopback", "token_cap", "timeout_s")
