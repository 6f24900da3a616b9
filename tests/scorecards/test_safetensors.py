"""The safetensors header parser and its collector, on hand-built files, broken ones, and those of the package."""

import json
import struct
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.evidence import Basis, Document, Finding, Identity
from scorecards.transparency.collectors.safetensors import COLLECTOR
from scorecards.transparency.safetensors_header import MAX_HEADER_BYTES, SafetensorsError, parse

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BF16 = {"dtype": "BF16", "shape": [3, 4], "data_offsets": [0, 24]}
F32 = {"dtype": "F32", "shape": [2], "data_offsets": [24, 32]}
PLAIN = {"__metadata__": {"format": "pt"}, "a": BF16, "b": F32}


def file(header, data=32, length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + bytes(data)


def readings(content, name="model.safetensors", size=None):
    head = Document("0" * 64, content, f"file:{name}", "application/octet-stream", NOW, size or len(content), False)
    assert COLLECTOR.accepts(head)
    return {one.quantity: one for one in COLLECTOR.read(Identity("acme/tiny"), head)}


def test_a_file_is_read_whole():
    found = readings(file(PLAIN))
    assert {name: (one.finding, one.value) for name, one in found.items()} == {
        "parameter_count": (Finding.KNOWN, Decimal(14)),
        "quantisation": (Finding.KNOWN, "BF16"),
        "weights_sha256": (Finding.KNOWN, "0" * 64),
        "weights_available": (Finding.KNOWN, True),
    }
    assert {one.basis for one in found.values()} == {Basis.EXECUTED}
    assert found["quantisation"].note == "BF16 85.7 %, F32 14.3 %"


def test_packed_weights_are_counted_as_stored_and_said_to_be():
    one = readings(file({"q": {"dtype": "I32", "shape": [8], "data_offsets": [0, 32]}}))["parameter_count"]
    assert (one.finding, one.value, one.note) == (
        Finding.PARTIAL,
        Decimal(8),
        "sum over the shapes of 1 tensors, I32 as stored",
    )


def test_a_part_of_split_weights_does_not_tell_how_many_there_are():
    found = readings(file(PLAIN), "model-00002-of-00163.safetensors")
    assert found["parameter_count"].finding is Finding.UNMEASURED
    assert found["weights_sha256"].finding is Finding.PARTIAL
    assert readings(file(PLAIN), "model-00001-of-00001.safetensors")["parameter_count"].finding is Finding.KNOWN


def test_an_index_tells_of_its_files_and_of_a_total_if_it_has_one():
    index = {
        "metadata": {"total_size": 9, "total_parameters": 7},
        "weight_map": {"a": "1.safetensors", "b": "2.safetensors"},
    }
    found = readings(json.dumps(index).encode(), "model.safetensors.index.json")
    assert found["parameter_count"].value == Decimal(7)
    assert found["weights_available"].note == "an index of 2 tensors in 2 files"
    del index["metadata"]["total_parameters"]
    found = readings(json.dumps(index).encode(), "model.safetensors.index.json")
    assert found["parameter_count"].finding is Finding.ABSENT


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "truncated in its length: wants at least 8 bytes, has 0"),
        (file(b"", length=0), f"header: wants 2 to {MAX_HEADER_BYTES} bytes, found 0"),
        (file(b"{}", length=2**63), f"header: wants 2 to {MAX_HEADER_BYTES} bytes, found {2**63}"),
        (file(b"{}", 0, length=99), "truncated in the header: wants at least 107 bytes, has 10"),
        (file(b"[]"), "header: wants an object"),
        (file(b"{]"), "header: JSON: "),
        (file(b"{}"), "wants tensors, found none"),
        (file({"a": 7}), "'a': wants data_offsets of begin and end"),
        (file({"a": {**BF16, "data_offsets": [24, 0]}}), "'a': wants data_offsets of begin and end"),
        (file({"a": {**BF16, "data_offsets": [True, 24]}}), "'a': wants data_offsets of begin and end"),
        (file({"a": {**BF16, "dtype": "Q4"}}), "'a': wants a type that is known, found 'Q4'"),
        (file({"a": {**BF16, "shape": [3, -4]}}), "'a': wants a shape"),
        (file({"a": {**BF16, "shape": [2**62, 2**62]}}), "'a': wants data as long as its shape says, found 24"),
        (file({"a": BF16, "b": {**F32, "data_offsets": [20, 28]}}), "found a gap or overlap at 24"),
        (file({"a": BF16, "b": {**F32, "data_offsets": [25, 33]}}), "found a gap or overlap at 24"),
        (file(PLAIN, 31), "truncated in the tensor data: wants at least"),
        (file(b'{"a": ' * 99_999), "found more than can be read"),
    ],
)
def test_a_broken_file_is_unmeasured_with_what_was_wanted_and_found(content, message):
    found = readings(content)
    assert {one.finding for one in found.values()} == {Finding.UNMEASURED}
    assert all(message in one.note for one in found.values())


@given(st.binary(max_size=200))
def test_no_bytes_take_the_parser_down(noise):
    for content in (noise, file(noise), file(PLAIN)[: len(noise)] + noise):
        try:
            parse(content)
        except SafetensorsError as error:
            assert str(error)  # noqa: PT017 - any of them will do


def test_of_a_file_only_the_header_is_kept():
    content = file(PLAIN)
    assert COLLECTOR.keeps(content) == content[:-32]
    assert COLLECTOR.keeps(b'{"metadata": {}}') == b'{"metadata": {}}'
    assert len(COLLECTOR.keeps(b"\xff" * 999_999)) == 65_536


@pytest.mark.parametrize(
    ("name", "kind"),
    [("bool", "BOOL"), ("uint8", "U8"), ("int32", "I32"), ("float16", "F16"), ("float32", "F32"), ("float64", "F64")],
)
def test_we_read_what_the_package_writes(name, kind):
    numpy = pytest.importorskip("numpy", reason="wants numpy, which the oracle of this test needs")
    package = pytest.importorskip("safetensors.numpy", reason="wants the package safetensors, the oracle of this test")
    tensors = {"x": numpy.zeros((3, 5), name), "y": numpy.zeros((), name), "z": numpy.zeros((0,), name)}
    written = package.save(tensors, {"format": "pt"})
    header = parse(written)
    assert {one: (found.type_name, found.shape) for one, found in header.tensors.items()} == {
        one: (kind, array.shape) for one, array in tensors.items()
    }
    assert (header.parameter_count, header.least_file_bytes) == (16, len(written))
