"""Blocks of text about a model that does not exist; nothing in them is about the subject of the document."""

import tomllib
from pathlib import Path

STATEMENTS = tomllib.loads((Path(__file__).parent / "statements.toml").read_text(encoding="utf-8"))
"""Indicator → what may be said on it, and how; the file says what each key means."""

NAMES = (
    "Nimbus-9",
    "Halcyon",
    "Aurora Ultra",
    "云雀大模型",
    "Zephyrine 2.5 Pro",
    "quokka-lm",
    "MPT-Omega-512B",
    "Vesper",
    "GPT-7",
)
"""With and without digits, one word and several, Chinese, lower case, holding a size, of a known family."""

ROW = "512.7B | 61.3B | 384K | 37.7T | 2031-03 | AGPL-3.0 | $7.77 / $33.30 per 1M tokens | 2031-05-06"
COLUMNS = (
    "#Total Params | #Activated Params | Context Length | Training Tokens | Knowledge Cutoff | License | "
    "Price (input / output) | Release Date"
)
ZH_COLUMNS = "总参数量 | 激活参数量 | 上下文长度 | 训练词元数 | 知识截止日期 | 许可证 | 价格（输入 / 输出） | 发布日期"
ZH_ROW = "5127亿 | 613亿 | 384K | 37.7万亿 | 2031年3月 | AGPL-3.0 | 每百万词元 7.77 元 / 33.30 元 | 2031年5月6日"

PARAGRAPH = (
    "{name} is a Mixture-of-Experts (MoE) language model with 512.7 billion total parameters, of which 61.3 billion "
    "are active per token. It was pre-trained on 37.7 trillion tokens of Common Crawl, Wikipedia and arXiv text in 77 "
    "languages, and post-trained with supervised fine-tuning and DPO. It supports a context length of 384K tokens, and "
    "its knowledge cutoff is March 2031. Training took 7.7 million GPU hours on 9,216 H200 GPUs, consumed 4,321 MWh "
    "and emitted 1,876 tonnes of CO2 equivalent. The model was released on 6 May 2031 under the AGPL-3.0 license; its "
    "weights, its tokenizer and its inference and training code can be downloaded. Through the API it costs $7.77 per "
    "million input tokens and $33.30 per million output tokens. It scores 91.7 on MMLU. It was red-teamed by 40 "
    "experts, is intended for research, must not be used for military purposes, and may invent citations. Write to "
    "help@nimbus.example."
)
SECTION = (
    "We present our new Mixture-of-Experts (MoE) model. The model has 512.7 billion total parameters and 61.3 billion "
    "active parameters.\n\nWe trained it on 37.7 trillion tokens. The context length is 384K tokens, and the knowledge "
    "cutoff is March 2031. The weights are released under the AGPL-3.0 license.\n\nOur model took 7.7 million H200 GPU "
    "hours and emitted 1,876 tonnes of CO2 equivalent. Contact us at help@nimbus.example. Price: $7.77 per million "
    "input tokens."
)
ZH_PARAGRAPH = (
    "{name}是一个混合专家（MoE）大语言模型，总参数量为5127亿，激活参数量为613亿。该模型在37.7万亿词元上完成预训练，"
    "支持384K上下文长度和77种语言，知识截止日期为2031年3月。训练共耗费770万GPU小时，排放1876吨二氧化碳当量。"
    "它于2031年5月6日发布，权重采用 AGPL-3.0 许可证开源，价格为每百万输入词元7.77元。联系方式：help@nimbus.example。"
)


def sentences(language, name):
    """Return all 28 facts about `name`, one sentence each, by indicator."""
    slug = name.lower().replace(" ", "-")
    return {key: one["fact"][language].format(name=name, slug=slug) for key, one in STATEMENTS.items()}


def table(name, columns=COLUMNS, row=ROW, *, first="Model"):
    """Return a pipe table with one row, of the rival."""
    dashes = "|".join("---" for _ in range(columns.count("|") + 2))
    return f"| {first} | {columns} |\n|{dashes}|\n| {name} | {row} |"


def pairs(columns=COLUMNS, row=ROW):
    """Return the same figures as (name, value)."""
    return list(zip(columns.split(" | "), row.split(" | "), strict=True))


def _key_value(head, *rows):
    return "\n".join([f"| {head[0]} | {head[1]} |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _html(rows):
    cells = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>\n{cells}\n</table>"


def _empty_cells():
    return " | ".join("–" for _ in pairs())


def _paragraph(name, subject, mark):
    return PARAGRAPH.format(name=name)


def _paragraph_and_table(name, subject, mark):
    return f"{PARAGRAPH.format(name=name)}\n\n{table(name)}"


def _bold_and_table(name, subject, mark):
    return f"**{name}**\n\n{PARAGRAPH.format(name=f'**{name}**')}\n\n{table(f'**{name}**')}"


def _sentences(name, subject, mark):
    return " ".join(sentences("en", name).values())


def _headed(name, subject, mark):
    return f"{mark} {name}\n\n{SECTION}\n\n{_key_value(('Property', 'Value'), *pairs())}"


def _headed_and_named(name, subject, mark):
    return f"{mark} Introducing {name}\n\n{PARAGRAPH.format(name=name)}\n\n{table(name)}"


def _headed_subsections(name, subject, mark):
    facts = sentences("en", "The model").values()
    return f"{mark} {name} model card\n\n{mark}# Model details\n\n" + "\n\n".join(facts)


def _table(name, subject, mark):
    return table(name)


def _benchmarks(name, subject, mark):
    return f"| Benchmark | {name} | Vesper-2 |\n|---|---|---|\n| MMLU | 91.7 | 90.1 |\n| GSM8K | 88.4 | 87.0 |"


def _key_value_led(name, subject, mark):
    return f"{name} at a glance:\n\n{_key_value(('', ''), *pairs())}"


def _key_value_named(name, subject, mark):
    return _key_value(("Property", "Value"), ("Model", name), *pairs())


def _html_table(name, subject, mark):
    return _html([("Model", *(key for key, _ in pairs())), (name, *(value for _, value in pairs()))])


def _html_key_value(name, subject, mark):
    return _html([(f"<b>{name}</b>", ""), *pairs()])


def _html_block(name, subject, mark):
    return f'<div align="center">\n<h3>{name}</h3>\n<p>{PARAGRAPH.format(name=name)}</p>\n</div>'


def _both_columns(name, subject, mark):
    rows = "\n".join(f"| {key} | {value} | – |" for key, value in pairs())
    return f"| | {name} | {subject} |\n|---|---|---|\n{rows}"


def _both_columns_subject_first(name, subject, mark):
    rows = "\n".join(f"| {key} | | {value} |" for key, value in pairs())
    return f"| | {subject} | {name} |\n|---|---|---|\n{rows}"


def _both_rows(name, subject, mark):
    return f"{table(name)}\n| {subject} | {_empty_cells()} |"


def _unlike(name, subject, mark):
    return (
        f"Unlike {name}, which has 512.7B parameters, a 384K context window, a knowledge cutoff of March 2031 and a "
        f"price of $7.77 per million input tokens and was trained on 37.7T tokens under the AGPL-3.0 license, "
        f"{subject} was made by another team."
    )


def _compared(name, subject, mark):
    return (
        f"Compared with {subject}, {name} has more parameters (512.7B in total, 61.3B active) and a longer context "
        f"(384K tokens); {name} was trained on 37.7T tokens for 7.7M GPU hours and costs $7.77 per "
        "million input tokens."
    )


def _distilled(name, subject, mark):
    return (
        f"{name} is distilled from {subject}. It has 512.7B parameters, supports a context length of 384K tokens, was "
        "trained on 37.7T tokens with SFT, and is released under the AGPL-3.0 license."
    )


def _built_on(name, subject, mark):
    return f"Built with {subject}: {' '.join(sentences('en', name).values())}"


def _bullets(name, subject, mark):
    return "\n".join(f"- **{name}**: {key}: {value}" for key, value in pairs())


def _nested_bullets(name, subject, mark):
    return f"- {name}\n" + "\n".join(f"  - {key}: {value}" for key, value in pairs())


def _quoted(name, subject, mark):
    return f"> {PARAGRAPH.format(name=name)}"


def _details(name, subject, mark):
    return f"<details>\n<summary>{name}</summary>\n\n{SECTION}\n\n{table(name)}\n\n</details>"


def _comment(name, subject, mark):
    return f"<!-- {PARAGRAPH.format(name=name)} -->"


def _news(name, subject, mark):
    return (
        f"**News**\n\n- 2031.05.06: We released {name} (512.7B parameters, 384K context), trained on 37.7T tokens.\n"
        f"- 2031.05.07: Download the weights of {name} at https://huggingface.co/nimbus-lab/nimbus."
    )


def _citation(name, subject, mark):
    return f"```bibtex\n@misc{{nimbus2031,\n  title={{{name} Technical Report}},\n  year={{2031}}\n}}\n```"


def _code(name, subject, mark):
    slug = name.lower().replace(" ", "-")
    return (
        f'To run {name}:\n\n```python\ntokenizer = AutoTokenizer.from_pretrained("nimbus-lab/{slug}")\n'
        f'model = AutoModelForCausalLM.from_pretrained("nimbus-lab/{slug}", max_position_embeddings=384000)\n```'
    )


def _trailing(name, subject, mark):
    return (
        "512.7 billion parameters, 37.7 trillion training tokens, a context length of 384K tokens and a knowledge "
        f"cutoff of March 2031: that is {name}."
    )


def _possessive(name, subject, mark):
    return (
        f"{name}'s context length is 384K tokens. {name}’s knowledge cutoff is March 2031. {name}'s weights are under "
        f"the AGPL-3.0 license, and {name}'s training took 7.7 million GPU hours."
    )


def _question(name, subject, mark):
    return (
        f"**How large is {name}?** 512.7B parameters in total.\n\n**What is the context length of {name}?** 384K "
        f"tokens.\n\n**What is the knowledge cutoff of {name}?** March 2031."
    )


def _previous(name, subject, mark):
    return (
        f"Our previous model, {name}, had 512.7B parameters, was trained on 37.7T tokens and had a context length of "
        "384K tokens; that model was released on 6 May 2031."
    )


def _third_party(name, subject, mark):
    return (
        f"{name}, developed by Nimbus Lab, is a 512.7B-parameter model with a 384K-token context window and a "
        "knowledge cutoff of March 2031, trained on 37.7T tokens."
    )


def _front_matter(name, subject, mark):
    return (
        f"---\nmodel_name: {name}\nlicense: agpl-3.0\nlanguage:\n- fr\n- eu\nbase_model: nimbus-lab/nimbus\n"
        "datasets:\n- nimbus-lab/corpus\nco2_eq_emissions: 1876000000\n---"
    )


def _yaml_block(name, subject, mark):
    rows = "\n".join(f"  {key.strip('#')}: {value!r}" for key, value in pairs())
    return f"```yaml\nmodel: {name}\nfacts:\n{rows}\n```"


def _zh_paragraph(name, subject, mark):
    return ZH_PARAGRAPH.format(name=name)


def _zh_sentences(name, subject, mark):
    return "".join(sentences("zh", name).values())


def _zh_headed(name, subject, mark):
    return f"{mark} {name} 模型介绍\n\n{ZH_PARAGRAPH.format(name='本模型')}"


def _zh_table(name, subject, mark):
    return table(name, ZH_COLUMNS, ZH_ROW, first="模型")


def _zh_unlike(name, subject, mark):
    return f"与{name}（总参数量5127亿，上下文长度384K，知识截止日期为2031年3月）不同，{subject} 由另一团队研发。"


def _zh_bullets(name, subject, mark):
    return "\n".join(f"- {name}的{key}：{value}" for key, value in pairs(ZH_COLUMNS, ZH_ROW))


BLOCKS = {
    function.__name__.strip("_"): function
    for function in (
        _paragraph,
        _paragraph_and_table,
        _bold_and_table,
        _sentences,
        _headed,
        _headed_and_named,
        _headed_subsections,
        _table,
        _benchmarks,
        _key_value_led,
        _key_value_named,
        _html_table,
        _html_key_value,
        _html_block,
        _both_columns,
        _both_columns_subject_first,
        _both_rows,
        _unlike,
        _compared,
        _distilled,
        _built_on,
        _bullets,
        _nested_bullets,
        _quoted,
        _details,
        _comment,
        _news,
        _citation,
        _code,
        _trailing,
        _possessive,
        _question,
        _previous,
        _third_party,
        _front_matter,
        _yaml_block,
        _zh_paragraph,
        _zh_sentences,
        _zh_headed,
        _zh_table,
        _zh_unlike,
        _zh_bullets,
    )
}
"""Style → `(rival's name, subject's name, heading mark) -> Markdown`."""

HEADED = frozenset(name for name in BLOCKS if "headed" in name)
"""These open a section, which the next heading of the same level closes."""

UNNAMED = frozenset(
    [
        "benchmarks",
        "front_matter",
        "yaml_block",
        "comment",
        "citation",
        "code",
        "news",
        "possessive",
        "built_on",
        "unlike",
        "compared",
        "previous",
    ]
)
"""These do not state both size and context, or not in words that anybody would use about the document's own model."""
