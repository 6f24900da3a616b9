"""Changes to how a document looks that change nothing it says; mutations as in mutations.py."""

import re

from tests.scorecards.transparency import markup
from tests.scorecards.transparency.markup import Part
from tests.scorecards.transparency.mutations import on

NBSP = "\u00a0"
_CJK = "[\u3400-\u9fff]"
_MAGNITUDE = r"(?=\s?(?:[BTKMkt]\b|billion|trillion|million|tokens?\b|parameters?\b|GPU|万|亿|个))"
_FIGURE = re.compile(rf"(?<![\w.,*/-])(?:\d[\d,]*(?:\.\d+)?){_MAGNITUDE}")


@on("md", "text")
def _nbsp(text, subject):
    return markup.in_prose(text, lambda words: re.sub(r"(?<=[\w,.;:)]) (?=[\w(])", NBSP, words), also_headings=True)


@on("md", "text")
def _thin_spaces(text, subject):
    return markup.in_prose(text, lambda words: re.sub(rf"(?<=\d) {_MAGNITUDE}", "\u202f", words))


@on("md")
def _nbsp_entities(text, subject):
    return markup.in_prose(text, lambda words: re.sub(r"(?<=\d) (?=\w)", "&nbsp;", words))


@on("md", "text")
def _curly_apostrophes(text, subject):
    return markup.in_prose(text, lambda words: re.sub(r"(?<=\w)'(?=\w)", "\u2019", words))


@on("md", "text")
def _straight_apostrophes(text, subject):
    return markup.in_prose(
        text, lambda words: words.replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"')
    )


@on("md")
def _apostrophe_entities(text, subject):
    return markup.in_prose(text, lambda words: re.sub(r"(?<=\w)['\u2019](?=\w)", "&#39;", words))


@on("md")
def _digit_entities(text, subject):
    return markup.in_prose(text, lambda words: _FIGURE.sub(lambda m: f"&#{ord(m[0][0])};{m[0][1:]}", words))


def _crlf(name, content, subject):
    return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _lf(name, content, subject):
    return content.replace(b"\r\n", b"\n")


def _bom(name, content, subject):
    return b"\xef\xbb\xbf" + content.removeprefix(b"\xef\xbb\xbf")


def _no_last_newline(name, content, subject):
    return content.rstrip()


@on("md")
def _trailing_spaces(text, subject):
    changed = (
        line.rstrip("\r\n") + "  " + line[len(line.rstrip("\r\n")) :] if part is Part.PROSE else line
        for part, line in markup.parts(text)
    )
    return "".join(changed)


@on("md")
def _bold_numbers(text, subject):
    return markup.in_prose(_unbold(text), lambda words: _FIGURE.sub(r"**\g<0>**", words))


@on("md")
def _bold_amounts(text, subject):
    amount = re.compile(_FIGURE.pattern + r"\s?(?:[BTKMk]\b|billion|trillion|million|亿|万亿|万)")
    return markup.in_prose(_unbold(text), lambda words: amount.sub(r"**\g<0>**", words))


@on("md")
def _without_bold(text, subject):
    return markup.in_prose(text, lambda words: words.replace("**", ""))


def _unbold(text):
    return markup.in_prose(text, lambda words: words.replace("**", ""))


@on("md")
def _escaped_hyphens(text, subject):
    return markup.in_prose(text, lambda words: re.sub(r"(?<=[A-Za-z])-(?=\w)", r"\\-", words))


@on("md")
def _unbreakable_hyphens(text, subject):
    return markup.in_prose(text, lambda words: re.sub(r"(?<=[A-Za-z])-(?=\w)", "\u2011", words))


@on("md")
def _fullwidth_digits(text, subject):
    pattern = re.compile(rf"(?<={_CJK})\d+(?:\.\d+)?(?![\w.-])|(?<![\w.-])\d+(?:\.\d+)?(?={_CJK})")
    return markup.in_prose(text, lambda words: pattern.sub(lambda m: m[0].translate(_WIDE_DIGITS), words))


@on("md")
def _fullwidth_punctuation(text, subject):
    pattern = re.compile(rf"(?<={_CJK})[,:;()]|[,:;()](?={_CJK})")
    return markup.in_prose(text, lambda words: pattern.sub(lambda m: m[0].translate(_WIDE_MARKS), words))


@on("md")
def _halfwidth_punctuation(text, subject):
    pattern = re.compile(rf"(?<={_CJK})[，：；（）]|[，：；（）](?={_CJK})")
    return markup.in_prose(text, lambda words: pattern.sub(lambda m: m[0].translate(_NARROW_MARKS), words))


_WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_WIDE_MARKS = str.maketrans(",:;()", "，：；（）")
_NARROW_MARKS = str.maketrans("，：；（）", ",:;()")


@on("md")
def _soft_wrapped(text, subject):
    """Break lines of prose before lower-case words, which can begin no other kind of line."""
    return markup.in_prose(text, lambda words: re.sub(r"((?:\S+ ){5}\S+) (?=[a-z]{2,} )", r"\1\n", words))


@on("md")
def _joined(text, subject):
    """Join a line of prose to the one before it where it plainly goes on."""
    out, before = [], Part.BLANK
    for part, line in markup.parts(text):
        goes_on = part is before is Part.PROSE and re.match(r"[a-z]{2,} ", line) and not out[-1].endswith("  \n")
        if goes_on:
            out[-1] = out[-1].rstrip("\r\n") + " "
        out.append(line)
        before = part
    return "".join(out)


@on("md")
def _translated_headings(text, subject):
    return "".join(
        _translated(line) if part is Part.HEADING and markup.level(line) else line for part, line in markup.parts(text)
    )


def _translated(line):
    found = re.match(r"(\s*#+\s+(?:[\d.]+\s+)?\**)([^*#\r\n]+?)(:?\**\s*#*\s*)$", line)
    other = _HEADINGS.get(found[2].strip().lower()) if found else None
    return f"{found[1]}{other}{found[3]}" if other else line


_PAIRS = """
introduction=简介|model introduction=模型介绍|model overview=模型概览|overview=概述
model information=模型信息|model details=模型详情|model summary=模型概要|model description=模型说明
license=许可证|licence=许可协议|intended use=预期用途|intended uses=预期用途|limitations=局限性
known limitations=已知局限|evaluation results=评测结果|evaluation=评测
benchmark results=基准测试结果|training data=训练数据|training=训练|training details=训练详情
contact=联系方式|contact us=联系我们|citation=引用|model downloads=模型下载|download=下载
model download=模型下载|quickstart=快速开始|quick start=快速开始|deployment=部署|tokenizer=分词器
hardware and software=硬件与软件|responsibility & safety=责任与安全|safety=安全|news=新闻
ethical considerations and limitations=伦理考量与局限|usage and limitations=用途与局限
risks and limitations=风险与局限|environmental impact=环境影响|model architecture=模型架构
prohibited uses=禁止用途|pricing=价格|chat website & api platform=聊天网站与 API 平台
how to run locally=本地运行|目录=contents|模型介绍=model introduction|评测结果=evaluation results
许可证=license|协议=license|引用=citation|联系我们=contact us|模型结构=model architecture
推理和部署=inference and deployment|声明=disclaimer|快速开始=quick start
"""
_HEADINGS = dict(pair.split("=") for line in _PAIRS.strip().splitlines() for pair in line.split("|"))


@on("md")
def _closed_headings(text, subject):
    closed = (
        line.rstrip() + f" {'#' * markup.level(line)}\n" if part is Part.HEADING and markup.level(line) else line
        for part, line in markup.parts(text)
    )
    return "".join(closed)


@on("md")
def _tight_tables(text, subject):
    """Take the padding out of pipe tables, as a formatter does."""
    return "".join(
        re.sub(r"[ \t]*\|[ \t]*", "|", line) if part is Part.DATA and re.match(r"\|.*\|\s*$", line) else line
        for part, line in markup.parts(text)
    )


@on("md")
def _other_bullets(text, subject):
    return "".join(
        re.sub(r"^(\s*)[-*](?= )", r"\1+", line) if part is Part.PROSE else line for part, line in markup.parts(text)
    )


@on("md", "text")
def _zero_width(text, subject):
    return markup.in_prose(text, lambda words: _FIGURE.sub("\u200b\\g<0>", words))


LOOKS = {
    function.__name__.strip("_"): function
    for function in (
        _nbsp,
        _thin_spaces,
        _nbsp_entities,
        _curly_apostrophes,
        _straight_apostrophes,
        _apostrophe_entities,
        _digit_entities,
        _crlf,
        _lf,
        _bom,
        _no_last_newline,
        _trailing_spaces,
        _bold_numbers,
        _bold_amounts,
        _without_bold,
        _escaped_hyphens,
        _unbreakable_hyphens,
        _fullwidth_digits,
        _fullwidth_punctuation,
        _halfwidth_punctuation,
        _soft_wrapped,
        _joined,
        _translated_headings,
        _closed_headings,
        _tight_tables,
        _other_bullets,
        _zero_width,
    )
}
