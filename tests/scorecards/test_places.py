"""Where documents are looked for: plain data in, addresses out."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from scorecards import catalog_files
from scorecards.catalog import Cited, Developer, DocumentSource, Model
from scorecards.evidence import Document
from scorecards.transparency import places
from scorecards.transparency.places import Place
from scorecards.transparency.provenance import is_first_party

CITED = Cited("a test", date(2026, 11, 24))
ACME = Developer("acme", "Acme", "CH", CITED)
TINY = Model("acme/tiny", "Tiny", "acme", CITED)


def sources(*pairs):
    return tuple(DocumentSource(kind, url, CITED) for kind, url in pairs)


def urls(model=TINY, developer=ACME, *, guessed):
    return [one.url for one in places.of(model, developer) if one.guessed is guessed]


def test_a_repository_of_the_hub_is_its_answer_its_card_and_its_configuration():
    model = replace(TINY, hub_repo="acme/T", documents=sources(("card", "https://huggingface.co/acme/T")))
    assert urls(model, guessed=False) == [
        "https://huggingface.co/api/models/acme/T",
        "https://huggingface.co/acme/T/resolve/main/README.md",
        "https://huggingface.co/acme/T/resolve/main/config.json",
    ]
    assert urls(model, guessed=True) == []


def test_a_repository_of_github_is_its_answers_and_its_files_by_their_usual_names():
    model = replace(TINY, documents=sources(("repository", "https://github.com/acme/T")))
    assert urls(model, guessed=False) == [
        "https://api.github.com/repos/acme/T",
        "https://api.github.com/repos/acme/T/releases?per_page=100",
        "https://raw.githubusercontent.com/acme/T/HEAD/README.md",
    ]
    assert "https://raw.githubusercontent.com/acme/T/HEAD/README_CN.md" in urls(model, guessed=True)
    assert "https://raw.githubusercontent.com/acme/T/HEAD/SECURITY.md" in urls(model, guessed=True)


def test_a_developers_own_hosts_are_asked_for_what_everybody_looks_for_and_shared_ones_are_not():
    developer = replace(
        ACME,
        documents=sources(
            ("documentation", "https://docs.acme.example/api?x=1"),
            ("status", "https://status.acme.example/"),
            ("security", "https://bugcrowd.com/acme"),
        ),
    )
    assert urls(developer=developer, guessed=True) == [
        "https://docs.acme.example/.well-known/security.txt",
        "https://docs.acme.example/robots.txt",
        "https://status.acme.example/.well-known/security.txt",
        "https://status.acme.example/robots.txt",
        "https://status.acme.example/api/v2/summary.json",
    ]


def test_what_the_catalogue_names_is_no_guess_even_if_it_could_be_one():
    named = "https://docs.acme.example/.well-known/security.txt"
    developer = replace(ACME, documents=sources(("security", named)))
    assert places.of(TINY, developer) == (Place(named), Place("https://docs.acme.example/robots.txt", guessed=True))


def listing(siblings, url="https://huggingface.co/api/models/acme/T"):
    content = siblings if isinstance(siblings, bytes) else json.dumps({"siblings": siblings}).encode()
    document = Document.of(content, url, "application/json", datetime(2026, 11, 24, tzinfo=UTC), first_party=True)
    return [one.url.removeprefix("https://huggingface.co/acme/T/resolve/main/") for one in places.listed(document)]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["README.md", "README_CN.md", "config.json"], ["README.md", "README_CN.md", "config.json"]),
        (["LICENSE", "License Agreement.txt", "USE_POLICY.md", "LICENSE.pdf"],
         ["LICENSE", "License%20Agreement.txt", "USE_POLICY.md", "LICENSE.pdf"]),
        (["model.safetensors.index.json", "generation_config.json", "tokenizer_config.json"],
         ["model.safetensors.index.json", "generation_config.json", "tokenizer_config.json"]),
        (["model-00001-of-00002.safetensors", "tokenizer.json", "x/README.md", "readme.exe", "../README.md", ""], []),
        ([f"README_{n}.md" for n in range(99)], [f"README_{n}.md" for n in range(places.MAX_LISTED)]),
        ([None, 7, {}, "LICENSE\n"], []),
    ],
)  # fmt: skip
def test_of_a_repositorys_own_list_only_documents_are_taken(names, wanted):
    assert listing([{"rfilename": one} for one in names]) == wanted


@pytest.mark.parametrize("content", [b"", b"no json", b'{"siblings": 7}', b'{"siblings": [7]}', b"[]", b"[" * 99_999])
def test_a_list_that_is_none_adds_nothing(content):
    assert listing(content) == []


def test_a_list_of_another_host_adds_nothing():
    assert listing([{"rfilename": "LICENSE"}], "https://evil.example/api/models/acme/T") == []


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://huggingface.co/acme-ai/T/resolve/main/README.md", True),
        ("https://huggingface.co/Acme-AI/T", True),
        ("https://huggingface.co/api/models/acme-ai/T", True),
        ("https://huggingface.co/api/models/evil/T", False),
        ("https://huggingface.co/api/datasets/acme-ai/T", False),
        ("https://api.github.com/repos/acme/T/releases", True),
        ("https://api.github.com/repos/evil/acme", False),
        ("https://api.github.com/users/acme", False),
        ("https://raw.githubusercontent.com/acme/T/HEAD/README.md", True),
        ("https://raw.githubusercontent.com/evil/T/HEAD/README.md", False),
        ("https://bugcrowd.com/acme", True),
        ("https://bugcrowd.com/evil", False),
        ("http://huggingface.co/acme-ai/T", False),
        ("file:README.md", False),
    ],
)
def test_only_the_owners_part_of_a_shared_host_speaks_for_the_developer(url, ours):
    model = replace(TINY, hub_repo="acme-ai/T", documents=sources(("repository", "https://github.com/acme/T")))
    developer = replace(ACME, documents=sources(("security", "https://bugcrowd.com/acme")))
    assert is_first_party(url, developer, model) is ours


def test_every_place_of_the_bundled_catalogue_that_is_no_guess_speaks_for_its_developer():
    catalog = catalog_files.load([catalog_files.BUNDLED])
    for model in catalog.models.values():
        developer = catalog.developers[model.developer]
        for one in places.of(model, developer):
            assert is_first_party(one.url, developer, model), one
