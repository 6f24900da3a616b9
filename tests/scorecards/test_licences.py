"""The table of licences: one spelling, known or not, open or not."""

import re

import pytest

from scorecards.transparency import licences
from scorecards.transparency.licences import is_open, known, normalised


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("Apache-2.0", "apache-2.0"),
        ("Apache License, Version 2.0", "apache-2.0"),
        ("Apache License 2.0 (Apache-2.0)", "apache-2.0"),
        ("Apache 2.0 许可证", "apache-2.0"),
        ("Ａｐａｃｈｅ　２．０ 开源许可证", "apache-2.0"),
        ("apache-2", "apache-2.0"),
        ("The MIT License (MIT)", "mit"),
        ("MIT协议", "mit"),
        ("Modified MIT License", "modified-mit"),
        ("BSD-3", "bsd-3-clause"),
        ("GPLv3", "gpl-3.0"),
        ("CC BY-NC-SA 4.0 International", "cc-by-nc-sa-4.0"),
        ("Creative Commons Attribution Non Commercial 4.0", "cc-by-nc-4.0"),
        ("Llama 3.1 Community License Agreement", "llama-3.1-community"),
        ("A custom commercial license, the Llama 3.1 Community License", "llama-3.1-community"),
        ("META LLAMA 3 COMMUNITY LICENSE AGREEMENT", "llama-3-community"),
        ("llama3.2", "llama-3.2-community"),
        ("Gemma Terms of Use", "gemma-terms"),
        ("gemma", "gemma-terms"),
        ("DeepSeek Model License", "deepseek-model-license-1.0"),
        ("通义千问许可协议", "tongyi-qianwen"),
        ("TENCENT HUNYUAN COMMUNITY LICENSE AGREEMENT", "tencent-hunyuan-community"),
        ("BigScience-BLOOM-RAIL-1.0", "bigscience-bloom-rail-1.0"),
        ("CreativeML Open RAIL-M", "creativeml-openrail-m"),
        ("OpenMDW", "openmdw-1.0"),
        ("木兰宽松许可证, 第2版", "mulanpsl-2.0"),
    ],
)
def test_each_way_to_write_a_licence_has_one_spelling(written, spelled):
    assert normalised(written) == spelled
    assert known(written)
    assert normalised(spelled) == spelled


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("MIT License (modified)", "mit-license-(modified)"),
        ("MIT with added clause", "mit-with-added-clause"),
        ("MIT License, with an added clause", "mit-license-with-an-added-clause"),
        ("Acme license, MIT", "acme-license-mit"),
        ("Apache 3.0", "apache-3.0"),
        ("CC-BY", "cc-by"),
        ("GPL", "gpl"),
        ("BSL", "bsl"),
        ("other", "other"),
        ("License", "license"),
        ("许可证", "许可证"),
        ("Tencent Hunyuan", "tencent-hunyuan"),
        ("", ""),
        ("MIT OR", "mit-or"),
        ("MIT OR Acme Terms", "mit-or-acme-terms"),
        ("a with b", "a-with-b"),
        ("(" * 90 + "MIT OR ISC", "(" * 90 + "mit-or-isc"),
        ("MIT OR " * 4_000, "mit-or-" * 3_999 + "mit-or"),
    ],
)
def test_a_name_that_is_not_quite_one_stays_unknown(written, spelled):
    assert normalised(written) == spelled
    assert not known(written)
    assert is_open(written) is None


@pytest.mark.parametrize(
    ("written", "spelled", "opened"),
    [
        ("MIT OR Apache-2.0", "apache-2.0 OR mit", True),
        ("mit and cc-by-nc-4.0", "cc-by-nc-4.0 AND mit", False),
        ("CC-BY-NC-4.0 OR MIT", "cc-by-nc-4.0 OR mit", True),
        ("MIT OR (Apache-2.0 AND BSD-3)", "mit OR (apache-2.0 AND bsd-3-clause)", True),
        ("MIT OR The MIT License", "mit", True),
        ("Apache-2.0 WITH LLVM-exception", "apache-2.0 WITH llvm-exception", True),
    ],
)
def test_an_expression_has_one_order_and_combines_what_its_parts_allow(written, spelled, opened):
    assert normalised(written) == spelled == normalised(spelled)
    assert known(written)
    assert is_open(written) is opened


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        ("apache-2.0,mit", True),
        ("cc-by-nc-4.0,mit", False),
        ("acme,mit", None),
        ("acme,gemma", False),
        ("openmdw-1.0", True),
        ("cc-by-4.0", True),
        ("modified-mit", False),
        ("cc-by-nd-4.0", False),
        ("sspl-1.0", False),
        ("proprietary", False),
    ],
)
def test_open_means_without_limits_of_use(name, opened):
    assert is_open(name) is opened


def test_no_spelling_means_two_licences_and_every_row_is_spelled_as_its_key():
    owners = {}
    for one in licences.table().values():
        assert re.fullmatch(r"[a-z0-9.+-]+", one.id)
        assert one.open or not one.osi, f"{one.id}: what is OSI approved is open"
        for name in (one.id, one.name, *one.aliases):
            assert normalised(name) == one.id
            assert owners.setdefault(name, one.id) == one.id
