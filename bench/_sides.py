"""Those who are measured: how each is started, and how its own record of every request is read."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from bench import _process

RAMP_S = 1.0
MAKE_TOKENIZER = """
import sys
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast
vocabulary = {one: number for number, one in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
made = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
made = PreTrainedTokenizerFast(tokenizer_object=made, bos_token="<s>", eos_token="</s>", pad_token="</s>")
made.save_pretrained(sys.argv[1])
"""
"""Both peers want a tokenizer for their prompts; one of single bytes needs no download. Tokens come from the usage."""


@dataclass(frozen=True)
class Seen:
    """One request as a tool saw it, in ms; `key` is the number or the name by which the server's log knows it."""

    key: object
    ttft_ms: float
    itl_ms: float


def ours(server, concurrency, requests, _folder):
    """Return the cost and what `exchange` saw."""
    command = [sys.executable, "-m", "bench._ours", f"{server.url}/v1", server.model]
    cost = _process.run([*command, str(concurrency), str(requests), str(RAMP_S)])
    answers = json.loads(cost.output)["answers"]
    for one in answers:
        if one["outcome"] != "ok":
            print(f"lost: {one['outcome']} {one['detail']}")
    return cost, [_ours(one) for one in answers if one["outcome"] == "ok"]


def _ours(answer):
    at = [one / 1e6 for one in answer["at_ns"]]
    return Seen(int(answer["id"].rpartition("-")[2]), at[0], (at[-1] - at[0]) / (len(at) - 1))


def aiperf(peer, server, concurrency, requests, folder):
    """Return the cost and what aiperf saw."""
    command = [peer / "bin" / "aiperf", "profile", "--model-names", server.model, "--url", server.url]
    command += ["--endpoint-type", "chat", "--streaming", "--concurrency", concurrency, "--request-count", requests]
    command += ["--tokenizer", tokenizer(peer, folder), "--use-server-token-count", "--isl", 16, "--osl", 50]
    cost = _process.run([str(one) for one in [*command, "--ui", "none", "--output-artifact-dir", folder / "aiperf"]])
    with (folder / "aiperf" / "profile_export.jsonl").open(encoding="utf-8") as lines:
        return cost, [_aiperf(json.loads(line)) for line in lines]


def _aiperf(record):
    measured = record["metrics"]
    return Seen(
        record["metadata"]["x_request_id"],
        measured["time_to_first_token"]["value"],
        measured["inter_token_latency"]["value"],
    )


def guidellm(peer, server, concurrency, requests, folder):
    """Return the cost and what guidellm saw."""
    kept = folder / "guidellm.json"
    command = [
        peer / "bin" / "guidellm",
        "run",
        "--backend",
        f"kind=openai_http,target={server.url},model={server.model}",
    ]
    command += ["--profile", f"kind=concurrent,streams={concurrency},rampup_duration={RAMP_S:g}"]
    command += ["--constraint", f"kind=max_requests,count={requests}"]
    command += ["--data", "kind=synthetic_text,prompt_tokens=16,output_tokens=50"]
    command += ["--tokenizer", f"kind=huggingface_auto,model={tokenizer(peer, folder)}"]
    cost = _process.run([str(one) for one in [*command, "--output", f"kind=json,path={kept}"]])
    answers = json.loads(kept.read_bytes())["benchmarks"][0]["requests"]["successful"]
    return cost, [_guidellm(one) for one in answers]


def _guidellm(record):
    number = int(record["response_id"].rpartition("-")[2])
    return Seen(number, record["time_to_first_token_ms"], record["inter_token_latency_ms"])


PEERS = {"aiperf": aiperf, "guidellm": guidellm}


def tokenizer(peer, folder):
    """Return the folder of a tokenizer, made by the peer's own packages."""
    made = Path(folder) / "tokenizer"
    if not made.exists():
        _process.run([str(peer / "bin" / "python"), "-c", MAKE_TOKENIZER, str(made)])
    return made
