"""What came in: kinds of documents, limits of hosts, files and mirrors, PDFs in a child."""

import io
import time
from datetime import UTC, datetime, timedelta

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from workers import limits, pdf
from workers.fetching import folders, media
from workers.fetching.folders import CannotCollect
from workers.pdf import PdfError

from .conftest import written

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HTML = b"<!DOCTYPE html><html><head><title>%s</title></head><body>%s</body></html>"


# Kinds.


@pytest.mark.parametrize(
    ("content", "declared", "name", "kind"),
    [
        (b"# hi", "text/plain; charset=utf-8", "https://x.example/a/README.md", "text/markdown"),
        (b"# hi", "text/html", "https://x.example/README.md", "text/markdown"),
        (b"# hi", "", "LICENSE", "text/plain"),
        (b"hello", "text/html; charset=utf-8", "https://x.example/terms", "text/html"),
        (HTML, "text/plain", "https://x.example/README.md", "text/html"),
        (b"\xef\xbb\xbf\n<!-- a --><!-- b --><HTML>", "", "x", "text/html"),
        (b"%PDF-1.7", "text/html", "https://x.example/card", "application/pdf"),
        (b"junk\n%PDF-1.7", "application/pdf", "card", "application/pdf"),
        (b"GGUF\x03", "application/octet-stream", "x", "application/x-gguf"),
        (b'{"a": 1}', "application/json", "https://x.example/api", "application/json"),
        (b'{"a": 1}', "text/plain", "https://x.example/config.json", "application/json"),
        (b"{not json", "text/plain", "https://x.example/notes.txt", "text/plain"),
        (b"<svg/>", "image/svg+xml", "x", "image/svg+xml"),
        (b"x", "text/html\x00", "card.md", "text/markdown"),
        (b"x", "text/" + "x" * 999, "card.md", "text/markdown"),
        (b"", "", "model.safetensors", "application/x-safetensors"),
    ],
)
def test_a_document_is_what_its_bytes_say_then_what_is_said_of_it_then_its_name(content, declared, name, kind):
    assert media.sniffed(content, declared, name) == kind


@pytest.mark.parametrize(
    ("content", "headers", "challenge"),
    [
        (HTML % (b"Just a moment...", b""), {}, True),
        (HTML % (b"Attention Required! | Cloudflare", b""), {}, True),
        (HTML % ("安全验证".encode(), b""), {}, True),
        (HTML % (b"x", b"<script>window._cf_chl_opt={}</script>"), {}, True),
        (HTML % (b"Terms", b"x"), {"cf-mitigated": "challenge"}, True),
        (HTML % (b"Terms", b"we use a captcha against robots"), {}, False),
        (HTML % (b"Just a moment in time", b"x" * 99_999), {}, False),
        (b"# Just a moment", {}, False),
    ],
)
def test_a_page_that_asks_for_a_human_is_no_document(content, headers, challenge):
    assert media.is_challenge(content, headers) is challenge


def test_hostile_heads_take_no_longer_than_honest_ones():
    begun = time.monotonic()
    for piece in (b"<!---->", b"<!--", b"<title>just", b" ", b"<?xml>"):
        media.sniffed(piece * 99_999, "", "x")
        media.is_challenge(b"<html>" + piece * 9_000, {})
    assert time.monotonic() - begun < 2


# Limits.


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "30"}, 30),
        ({"retry-after": "Tue, 24 Nov 2026 12:02:00 GMT"}, 120),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 -1200"}, None),
        ({"retry-after": "999999999"}, 7 * 86_400),
        ({"ratelimit": '"api";r=0;t=57', "ratelimit-policy": '"fixed window";"api";q=500;w=300'}, 57),
        ({"ratelimit": '"api";r=1;t=57'}, None),
        ({"ratelimit": "limit=100, remaining=0, reset=57"}, 57),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 1800)}, 1800),
        ({"x-ratelimit-remaining": "5", "x-ratelimit-reset": str(int(NOW.timestamp()) + 1800)}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "later"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "99999999999"}, 7 * 86_400),
        ({"retry-after": "30", "ratelimit": "r=0;t=57"}, 57),
    ],
)
def test_a_host_is_left_alone_for_as_long_as_it_says(headers, seconds):
    found = limits.not_before(headers, NOW)
    assert found == (None if seconds is None else NOW + timedelta(seconds=seconds))


# Files and mirrors.


@pytest.fixture
def folder(tmp_path):
    for name in ("README.md", "docs/LICENSE", ".git/config", "huggingface.co/acme/T/resolve/main/config.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def urls(path, mirror_of=None):
    return [one.url for one in folders.files(path, mirror_of)]


def test_a_folder_that_is_handed_in_is_nobodys_publication_whatever_it_says_of_itself(folder):
    (folder / "manifest.csv").write_text("file,url\nREADME.md,https://acme.example/README.md\n")
    assert urls(folder) == [
        "file:README.md",
        "file:docs/LICENSE",
        "file:huggingface.co/acme/T/resolve/main/config.json",
    ]


def test_a_mirror_of_a_repository_has_the_addresses_at_which_it_would_be_fetched(folder):
    assert urls(folder, "https://github.com/acme/T") == [
        "https://raw.githubusercontent.com/acme/T/HEAD/README.md",
        "https://raw.githubusercontent.com/acme/T/HEAD/docs/LICENSE",
        "file:huggingface.co/acme/T/resolve/main/config.json",
    ]
    assert urls(folder / "README.md", "https://github.com/acme/T") == [
        "https://raw.githubusercontent.com/acme/T/HEAD/README.md"
    ]
    assert urls(folder / "README.md", "https://x.example/docs/README.md") == ["https://x.example/docs/README.md"]


def test_a_mirror_of_many_hosts_has_the_addresses_of_its_manifest_or_layout(folder):
    (folder / "manifest.csv").write_text("file,url,note\nREADME.md,https://acme.example/card?x=1,\ndocs/LICENSE,,\n")
    assert urls(folder, "https://") == [
        "https://acme.example/card?x=1",
        "file:docs/LICENSE",
        "https://huggingface.co/acme/T/resolve/main/config.json",
    ]
    assert urls(folder, "https://acme.example/")[0] == "https://acme.example/card?x=1"
    assert urls(folder, "https://acme.example/")[1] == "https://acme.example/docs/LICENSE"
    assert urls(folder, "https://other.example/")[0] == "file:README.md"


def test_a_folder_without_files_or_with_a_broken_manifest_is_refused(tmp_path, folder):
    (folder / "manifest.csv").write_bytes(b"file,url\n\xff")
    with pytest.raises(CannotCollect, match=r"manifest\.csv: wants a CSV file in UTF-8"):
        folders.files(folder, "https://")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CannotCollect, match="wants 1 to 5000 files, has 0"):
        folders.files(tmp_path / "empty", None)


def test_a_file_that_is_too_long_is_refused_and_weights_of_any_length_are_not(tmp_path):
    for name in ("card.md", "model.safetensors"):
        (tmp_path / name).write_bytes(bytes(folders.MAX_DOCUMENT_BYTES + 1))
    with pytest.raises(CannotCollect, match="wants at most 5242880 bytes, has 5242881"):
        folders.read(folders.files(tmp_path / "card.md", None)[0], NOW, lambda _: False)
    weights = folders.read(folders.files(tmp_path / "model.safetensors", None)[0], NOW, lambda _: False)
    assert (weights.size_bytes, weights.media_type) == (folders.MAX_DOCUMENT_BYTES + 1, "application/x-safetensors")


# PDFs.


def test_the_text_of_a_pdf_is_that_of_its_pages():
    assert pdf.text_of(written("Model card of Tiny", "", "37B parameters")) == b"Model card of Tiny\n\n37B parameters"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "PDF: wants a PDF, found a broken one"),
        (b"%PDF-1.7\nnothing", "PDF: wants a PDF, found a broken one"),
        (written("text")[:300], "PDF: wants a PDF, found a broken one"),
        (written("", ""), r"PDF: wants text, found 2 pages without any \(scanned\?\)"),
        (written("text", password="secret"), "PDF: wants one that opens without a password, found one that does not"),
    ],
    ids=["empty", "no structure", "truncated", "scanned", "encrypted"],
)
def test_a_pdf_without_text_is_refused_with_the_reason(content, message):
    with pytest.raises(PdfError, match=message):
        pdf.text_of(content)


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [
        ("MAX_WALL_S", 0.01, "wants to be read within 0.01 s, took longer"),
        ("MAX_MEMORY_BYTES", 16 * 1024 * 1024, "wants to be read with at most 16 MiB of memory"),
        ("MAX_CPU_S", 0, "wants to be read with at most 768 MiB of memory and 0 s of processor time"),
    ],
)
def test_a_child_that_takes_too_much_is_ended(monkeypatch, limit, value, message):
    monkeypatch.setattr(pdf, limit, value)
    with pytest.raises(PdfError, match=message):
        pdf.text_of(b"%PDF-1.7\n" + bytes(32 * 1024 * 1024))


def test_a_pdf_that_unfolds_to_gigabytes_ends_its_child_and_not_us():
    bomb = b"q " * 40_000_000
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    content = DecodedStreamObject()
    content.set_data(bomb)
    page[NameObject("/Contents")] = writer._add_object(content.flate_encode())
    held = io.BytesIO()
    writer.write(held)
    assert len(held.getvalue()) < 200_000
    begun = time.monotonic()
    with pytest.raises(PdfError):
        pdf.text_of(held.getvalue())
    assert time.monotonic() - begun < pdf.MAX_WALL_S + 5
