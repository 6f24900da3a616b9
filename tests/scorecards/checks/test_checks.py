"""Checks judge literals: what is an answer, and what merely looks like one."""

import json

import pytest

from scorecards import checks
from scorecards.checks import ifeval
from scorecards.checks._check import Answer, Result, declines
from scorecards.evalsets import Item
from scorecards.exchanges import ToolCall

RIGHT, WRONG, UNSCORED = Result


DEEP = "[" * 40_000


def judged(kind, answer, text, lang="en", calls=(), **fields):
    return checks.judge(Item("i", kind, lang, "?", answer, fields), Answer(text, tuple(calls)))


NUMERIC = [
    ("42", "42", RIGHT),
    ("42", "The answer is 42.", RIGHT),
    ("42", "#### 42", RIGHT),
    ("42", "**42** apples", RIGHT),
    ("42", r"\boxed{42}", RIGHT),
    ("42", r"So we get $\boxed{42}$ apples, after 3 steps.", RIGHT),
    ("42", "First 6, then 7. The answer is 42. That is 6 times 7.", RIGHT),
    ("42", "The answer is 6 × 7 = 42", RIGHT),
    ("42", "The answer is the product of 6 and 7, which is 42.", RIGHT),
    ("42", "6 + 36 = 42 apples in 3 boxes? No: 40", WRONG),
    ("42", "4.2", WRONG),
    ("42", "142", WRONG),
    ("42", "-42", WRONG),
    ("-42", "−42", RIGHT),
    ("1234567", "1,234,567", RIGHT),
    ("1234567", "1 234 567".replace(" ", "\u202f"), RIGHT),
    ("1234", r"1{,}234", RIGHT),
    ("12345", "１２，３４５", RIGHT),
    ("24", "২৪", RIGHT),
    ("18", "$18.00", RIGHT),
    ("18", "18.0", RIGHT),
    ("25", "The area is 25 m²", RIGHT),
    ("25", "25cm^2", RIGHT),
    ("50", "50%", RIGHT),
    ("0.5", "50%", RIGHT),
    ("3/4", "0.75", RIGHT),
    ("3/4", r"$\frac{3}{4}$", RIGHT),
    ("2/3", "0.67", RIGHT),
    ("2/3", "0.7", WRONG),
    ("17/27", "34/54", RIGHT),
    ("7", "seven", RIGHT),
    ("245", "There are two hundred and forty-five of them.", RIGHT),
    ("12", "答案是12。", RIGHT),
    ("12", "答案是十二个。", RIGHT),
    ("12", "一共有十二个苹果。", RIGHT),
    ("120", "一百二十米", RIGHT),
    ("3025", "三千零二十五", RIGHT),
    ("2", "两个", RIGHT),
    ("8", "他们一起走了八步。", RIGHT),
    ("3", "答：还剩 3 只，5 只飞走了。", RIGHT),
    ("3", "结果为：3", RIGHT),
    ("42", "many", WRONG),
    ("42", "I'm sorry, I can't help with that.", UNSCORED),
    ("42", "抱歉，我无法回答这个问题。", UNSCORED),
    ("42", "", UNSCORED),
    ("42", "<think>43? no, 44</think> 42", RIGHT),
    ("42", "1/0", WRONG),
    ("1000", "1e3", RIGHT),
    ("42", "9" * 5000, WRONG),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "text", "result"), NUMERIC, ids=lambda one: str(one)[:40])
def test_a_number_is_read_in_every_dress(answer, text, result):
    found = judged("numeric", answer, text)
    assert (found.result, bool(found.reason)) == (result, True), found


@pytest.mark.parametrize(
    ("answer", "text", "lang", "result"),
    [
        ("1234", "1.234", "de", RIGHT),
        ("3.5", "3,5 Meter", "de", RIGHT),
        ("1234", "1.234", "en", WRONG),
        ("18", "答案是 18", "zh", RIGHT),
    ],
)
def test_separators_are_those_of_the_items_language(answer, text, lang, result):
    assert judged("numeric", answer, text, lang).result is result


CAPITALS = ["Lyon", "Paris", "Nice", "Brest"]
MCQ = [
    ("B", RIGHT),
    ("B.", RIGHT),
    ("(B)", RIGHT),
    ("b", RIGHT),
    ("b)", RIGHT),
    ("**B**", RIGHT),
    ("Ｂ", RIGHT),
    ("B。", RIGHT),
    ("【B】", RIGHT),
    ("选B", RIGHT),
    ("选项B", RIGHT),
    ("答案是B", RIGHT),
    ("答案：（B）", RIGHT),
    ("正确答案为 B。因为巴黎是首都。", RIGHT),
    ("故选B。", RIGHT),
    ("不是A，而是B。", RIGHT),
    ("The answer is B.", RIGHT),
    ("Answer: B", RIGHT),
    ("answer: b", RIGHT),
    ("The correct answer is (B) Paris.", RIGHT),
    ("The correct option is **B**: Paris", RIGHT),
    (r"$\boxed{B}$", RIGHT),
    (r"The answer is \boxed{\text{B}}.", RIGHT),
    ("B. Paris", RIGHT),
    ("B) Paris\nIt lies on the Seine.", RIGHT),
    ("B\n\nParis is the capital.", RIGHT),
    ("B, because A is a port.", RIGHT),
    ("B because A is too small", RIGHT),
    ("Option B is correct.", RIGHT),
    ("B is the correct answer.", RIGHT),
    ("I would choose B.", RIGHT),
    ("Paris", RIGHT),
    ("It is Paris.", RIGHT),
    ("A is on the Rhône. The answer is B", RIGHT),
    ("The answer is A. Wait, the correct answer is B.", RIGHT),
    ("The answer is A, no doubt.", WRONG),
    ("A", WRONG),
    ("The answer is A", WRONG),
    ("A or B", WRONG),
    ("The answer is A or B.", WRONG),
    ("A. Lyon", WRONG),
    ("Lyon", WRONG),
    ("E", UNSCORED),
    ("C. Lyon", WRONG),  # wrong by its letter and by its words
    ("A. Lyon\nB. Paris\nC. Nice\nD. Brest", UNSCORED),  # goes through the choices, chooses none
    ("A good question. Let me think about plan B for a while.", UNSCORED),  # letters occur
    ("Both are cities", UNSCORED),
    ("Lyon and Paris", UNSCORED),
    ("It is not Paris.", UNSCORED),
    ("It isn't Paris.", UNSCORED),
    ("B. Lyon", UNSCORED),  # the letter says one thing, the words another
    ("A. Paris", UNSCORED),
    ("B. Paris\n\nThe correct answer is B. Lyon.", UNSCORED),
    ("B, because Lyon is a port.", RIGHT),
    ("I cannot provide an answer to this.", UNSCORED),
    ("", UNSCORED),
]


@pytest.mark.parametrize(("text", "result"), MCQ)
def test_a_choice_is_read_in_every_dress_and_no_letter_that_merely_occurs(text, result):
    found = judged("mcq", "B", text, choices=CAPITALS)
    assert found.result is result, found


@pytest.mark.parametrize(
    ("text", "result"),
    [("ACD", RIGHT), ("A, C, D", RIGHT), ("答案是ACD", RIGHT), ("A、C、D", RIGHT), ("AC", WRONG), ("A", WRONG)],
)
def test_several_right_choices_must_all_be_named(text, result):
    assert judged("mcq", "ACD", text, "zh", choices=CAPITALS).result is result


def test_going_through_the_choices_is_no_answer_even_where_the_first_is_right():
    listed = "A. Lyon\nB. Paris\nC. Nice\nD. Brest"
    assert judged("mcq", "A", listed, choices=CAPITALS).result is UNSCORED


def test_the_longest_choice_that_is_named_counts():
    choices = ["diabetes", "type 2 diabetes", "gout", "asthma"]
    assert judged("mcq", "B", "This is type 2 diabetes.", choices=choices).result is RIGHT


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("yes", RIGHT),
        ("Yes.", RIGHT),
        ("**Yes**, because it does not fail.", RIGHT),
        ("The answer is yes, not no.", RIGHT),
        ("no", WRONG),
        ("It is not known.", UNSCORED),  # "not" and "known" are other words
        ("There is no doubt that it does.", UNSCORED),
        ("I think it does, so yes.", RIGHT),
        ("One could say yes, one could say no.", UNSCORED),
        ("I'm sorry, but I can't answer that.", UNSCORED),
    ],
)
def test_a_label_is_a_word_of_its_own(text, result):
    assert judged("label", "yes", text, labels=["yes", "no", "maybe"]).result is result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("否", RIGHT),
        ("否。", RIGHT),
        ("答案是否", RIGHT),
        ("答案：否，因为它能被三整除。", RIGHT),
        ("是", WRONG),
        ("是的。", WRONG),
        ("57不是质数。", UNSCORED),
        ("这种说法是错误的。", UNSCORED),
    ],
)
def test_a_chinese_character_of_every_sentence_is_a_label_only_where_it_answers(text, result):
    assert judged("label", "否", text, "zh", labels=["是", "否"]).result is result


@pytest.mark.parametrize(
    ("answer", "text", "result"),
    [
        ("Paris", "paris", RIGHT),
        ("Paris", " “Paris.” ", RIGHT),
        ("Paris", "The capital of France is Paris.", RIGHT),
        ("Paris", "Answer: Paris", RIGHT),
        ("Paris", "Let me see.\nParis", RIGHT),
        ("Paris", "<think>Lyon, no</think>\nParis", RIGHT),
        ("Paris", "Lyon, no</think>Paris", RIGHT),
        ("Paris", "Paris or Lyon", UNSCORED),
        ("Paris", "not Paris", UNSCORED),
        ("Paris", "Lyon", WRONG),
        ("Paris", "Parisian", WRONG),
        ("(E)", "E", RIGHT),
        ("False", "false", RIGHT),
        (["Beijing", "Peking"], "Peking", RIGHT),
        ("巴黎", "法国的首都是巴黎。", RIGHT),
        ("greasy lapidary mark", "greasy, lapidary, mark", RIGHT),
        ("greasy lapidary mark", "lapidary greasy mark", WRONG),
        ("3.5", "3.5.", RIGHT),
        ("C++", "C", WRONG),
        ("Paris", "I'm not able to provide that.", WRONG),
        ("Paris", "I am not able to provide that.", UNSCORED),
    ],
)
def test_an_exact_answer_is_compared_by_its_words(answer, text, result):
    assert judged("exact", answer, text).result is result


IFEVAL = [
    ("punctuation:no_comma", {}, "no comma here", "one, two"),
    ("length_constraints:number_words", {"relation": "at least", "num_words": 3}, "a b c", "a b"),
    ("length_constraints:number_words", {"relation": "less than", "num_words": 3}, "a b", "a b c"),
    ("length_constraints:number_words", {"relation": "exactly", "num_words": 2}, "a b", "a"),
    (
        "length_constraints:number_sentences",
        {"relation": "less than", "num_sentences": 3},
        "One. Two.",
        "One. Two. Three.",
    ),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "one\n***\ntwo", "one\n\ntwo"),
    (
        "length_constraints:nth_paragraph_first_word",
        {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "elm"},
        "a\n\nElm b",
        "elm\n\na",
    ),
    ("keywords:existence", {"keywords": ["cat", "dog"]}, "Cats and dogs", "a cat"),
    (
        "keywords:frequency",
        {"relation": "less than", "keyword": "future", "frequency": 2},
        "the future",
        "future future",
    ),
    ("keywords:forbidden_words", {"forbidden_words": ["man"]}, "a woman", "a Man."),
    ("keywords:letter_frequency", {"let_relation": "at least", "letter": "q", "let_frequency": 1}, "Quick", "slow"),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*a* and **b**", "*a*"),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "* a\n- b", "* a\n* b\n* c"),
    ("detectable_format:title", {}, "<<A title>>\ntext", "<< >>"),
    ("detectable_format:constrained_response", {}, "My answer is maybe.", "Maybe."),
    ("detectable_format:json_format", {}, '```json\n{"a": 1}\n```', 'Here: {"a": 1}'),
    ("detectable_format:json_format", {}, "[1]", "[NaN]"),
    ("detectable_format:json_format", {}, "{}", DEEP),
    (
        "detectable_format:multiple_sections",
        {"section_spliter": "Day", "num_sections": 2},
        "Day 1 a Day 2 b",
        "Day 1 a",
    ),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "[name] at [place]", "[name]"),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, "bye\nP. S. more", "bye"),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Say hi."}, "say hi. Hi!", "Hi!"),
    ("combination:two_responses", {}, "one\n******\ntwo", "one\n******\none"),
    ("change_case:english_lowercase", {}, "all low.", "Not low"),
    ("change_case:english_capital", {}, "ALL UP.", "Not UP"),
    (
        "change_case:capital_word_frequency",
        {"capital_relation": "at least", "capital_frequency": 2},
        "VERY GOOD one",
        "Good",
    ),
    ("startend:quotation", {}, '"quoted"', 'not "quoted"'),
    ("startend:end_checker", {"end_phrase": "The end."}, "So: the end.", "The end. Bye"),
    ("language:response_language", {"language": "te"}, "నమస్కారం", "hello there"),
    ("language:response_language", {"language": "zh"}, "你好，世界", "こんにちは世界"),
    ("language:response_language", {"language": "ja"}, "こんにちは世界", "你好世界"),
    (
        "language:response_language",
        {"language": "de"},
        "Das ist nicht die Stadt und der Fluss.",
        "This is the city of the river in it.",
    ),
    ("pellucid:number_lines", {"num_lines": 2}, "a\nb", "a b"),
    ("pellucid:exact_text", {"text": "OK!"}, "OK!", "ok!"),
    ("pellucid:matches", {"pattern": r"\d{4}-\d\d-\d\d"}, "2026-11-23", "on 2026-11-23"),
]


@pytest.mark.parametrize(("rule", "given", "good", "bad"), IFEVAL, ids=lambda one: str(one)[:40])
def test_each_instruction_is_kept_by_one_text_and_broken_by_another(rule, given, good, bad):
    fields = {"instruction_id_list": [rule], "kwargs": [given]}
    assert judged("ifeval", None, good, **fields).result is RIGHT
    assert judged("ifeval", None, bad, **fields).result is WRONG


def test_every_rule_is_tested():
    assert {rule for rule, *_ in IFEVAL} == set(ifeval.RULES)


@pytest.mark.parametrize(
    ("rules", "kwargs", "text", "result"),
    [
        (["made:up"], [{}], "hello", UNSCORED),
        (["made:up", "punctuation:no_comma"], [{}, {}], "a, b", WRONG),  # one broken rule is enough
        (["made:up", "punctuation:no_comma"], [{}, {}], "a b", UNSCORED),
        (["keywords:frequency"], [{}], "a", UNSCORED),  # the item lacks what the rule needs
        (["keywords:frequency"], [{"keyword": "a", "relation": "nearly", "frequency": 1}], "a", UNSCORED),
        (["language:response_language"], [{"language": "hi"}], "नमस्ते", UNSCORED),  # Hindi, Marathi or Nepali
        (["language:response_language"], [{"language": "hi"}], "hello", WRONG),
        (["language:response_language"], [{"language": "xx"}], "hello", UNSCORED),
        (
            ["length_constraints:number_sentences"],
            [{"relation": "less than", "num_sentences": 2}],
            "A title\nDr. Ho came.",
            UNSCORED,
        ),
    ],
)
def test_what_no_rule_can_tell_is_never_wrong(rules, kwargs, text, result):
    assert judged("ifeval", None, text, instruction_id_list=rules, kwargs=kwargs).result is result


AREA = {
    "name": "geo.area",
    "description": "Area of a figure",
    "parameters": {
        "type": "dict",
        "properties": {
            "side": {"type": "float"},
            "unit": {"type": "string"},
            "note": {"type": "any"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["side"],
    },
}
WANTED = [{"geo.area": {"side": [3], "unit": ["cm", ""]}}]


def call(name, **arguments):
    return ToolCall(name, json.dumps(arguments))


@pytest.mark.parametrize(
    ("answer", "calls", "result"),
    [
        (WANTED, [call("geo_area", side=3)], RIGHT),
        (WANTED, [call("geo_area", side=3.0, unit="CM")], RIGHT),
        (WANTED, [call("geo_area", side=3, unit="m")], WRONG),
        (WANTED, [call("geo_area", side=4)], WRONG),
        (WANTED, [call("geo_area", side="3")], WRONG),  # breaks the schema
        (WANTED, [call("geo_area", side=True)], WRONG),
        (WANTED, [call("geo_area")], WRONG),
        (WANTED, [call("geo_area", side=3, tags=["x"])], WRONG),  # an argument nobody asked for
        ([{"geo.area": {"side": [3], "unit": ["cm"]}}], [call("geo_area", side=3)], WRONG),  # a wanted one is left out
        ([{"geo.area": {"side": [3], "note": [1, ""]}}], [call("geo_area", side=3, note=1)], RIGHT),
        ([{"geo.area": {"side": [3], "note": [1, ""]}}], [call("geo_area", side=3, note=True)], WRONG),
        (WANTED, [call("geo_volume", side=3)], WRONG),
        (WANTED, [call("geo_area", side=3)] * 2, WRONG),
        (WANTED, [ToolCall("geo_area", '{"side": 3')], WRONG),
        (WANTED, [ToolCall("geo_area", "[3]")], WRONG),
        (WANTED, [], WRONG),
        ([], [], RIGHT),
        ([], [call("geo_area", side=3)], WRONG),
        (
            [{"geo.area": {"side": [1, 2]}}, {"geo.area": {"side": [1]}}],
            [call("geo_area", side=1), call("geo_area", side=2)],
            RIGHT,
        ),
        (
            [{"geo.area": {"side": [1]}}, {"geo.area": {"side": [2]}}],
            [call("geo_area", side=2), call("geo_area", side=1)],
            RIGHT,
        ),
    ],
)
def test_calls_must_name_the_functions_with_accepted_arguments_in_any_order(answer, calls, result):
    found = judged("tools", answer, "text beside the calls", calls=calls, functions=[AREA])
    assert found.result is result, found


def test_functions_are_offered_as_json_schema_under_names_that_every_endpoint_takes():
    item = Item("i", "tools", "en", "?", WANTED, {"functions": [AREA]})
    [tool] = checks.load()["tools"].tools(item)
    assert tool.name == "geo_area"
    assert tool.parameters["type"] == "object"
    assert tool.parameters["properties"]["side"] == {"type": "number"}
    assert tool.parameters["properties"]["tags"]["items"] == {"type": "string"}


CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "size": {"enum": ["small", "large"]}},
    "required": ["city"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("answer", "text", "result"),
    [
        (None, '{"city": "Oslo"}', RIGHT),
        (None, '```json\n{"city": "Oslo", "size": "large"}\n```', RIGHT),
        (None, 'Sure! {"city": "Oslo"}', WRONG),
        (None, '{"city": 7}', WRONG),
        (None, '{"city": "Oslo", "land": "Norway"}', WRONG),
        (None, '{"city": "Oslo", "city": "Bergen"}', WRONG),
        (None, '{"city": "Oslo",}', WRONG),
        (None, DEEP, WRONG),
        ({"city": "Oslo"}, '{"city": "Oslo"}', RIGHT),
        ({"city": "Oslo"}, '{"city": "Bergen"}', WRONG),
    ],
    ids=lambda one: str(one)[:40],
)
def test_json_must_parse_whole_follow_its_schema_and_equal_the_wanted_value(answer, text, result):
    assert judged("schema", answer, text, schema=CITY).result is result


def test_a_schema_that_is_none_leaves_the_answer_unscored():
    assert judged("schema", None, "{}", schema={"type": "dict"}).result is UNSCORED
    assert judged("schema", None, "{}", schema={"$ref": "https://192.0.2.1/s.json"}).result is UNSCORED


def test_a_kind_that_no_check_knows_is_unscored():
    assert judged("parallel", None, "text").result is UNSCORED


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("I'm sorry, but I can't assist with that request.", True),
        ("Sorry, I cannot provide medical advice.", True),
        ("As an AI language model, I cannot give an answer.", True),
        ("I won't help with this.", True),
        ("很抱歉，我不能提供医疗建议。", True),
        ("I'm sorry to hear that. The answer is B.", False),
        ("One cannot help noticing B.", False),
        ("The heart cannot provide oxygen.", False),
    ],
)
def test_declining_is_told_from_speaking_of_it(text, result):
    assert declines(text) is result


def test_each_kind_is_put_with_what_it_takes_to_answer():
    put = {kind: one.put for kind, one in checks.load().items()}
    mcq = put["mcq"](Item("i", "mcq", "zh", "首都？", "B", {"choices": ["里昂", "巴黎"]}))
    assert mcq == "首都？\nA. 里昂\nB. 巴黎\n\n只回答选项的字母。"
    label = put["label"](Item("i", "label", "en", "So?", "yes", {"labels": ["yes", "no"], "context": "Text."}))
    assert label == "Text.\n\nSo?\n\nAnswer with one of: yes, no."


@pytest.mark.parametrize(
    "letters", ["\n", " ", "[", "(", "<<", "answer is ", "A ", "*", "1,", "一", "\\boxed{", "- ", "p. "]
)
def test_a_hostile_answer_takes_no_longer_than_it_is_long(letters):
    """The suite's own time limit would end a regular expression that explodes."""
    text = "x" + (letters * 20_000)[:20_000] + "x"
    for kind, fields in {"numeric": {}, "mcq": {"choices": CAPITALS}, "label": {"labels": ["B"]}, "exact": {}}.items():
        judged(kind, "B" if fields else "42", text, **fields)
    for rule, given, *_ in IFEVAL:
        judged("ifeval", None, text, instruction_id_list=[rule], kwargs=[given])
