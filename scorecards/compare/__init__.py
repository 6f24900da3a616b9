"""Comparing the outputs of models on the same prompts: answers, paired statistics, breaks, the published report.

The path of a comparison: `prompts` (what is asked and how answers are checked) → the runner asks every `cells.Cell` →
`cells.record` (one judged answer) → `report.build` (one JSON-able document), which rests on `paired` and `breaks`.
"""
