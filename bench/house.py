"""Prints how large functions and modules are, beside what docs/design.md wishes; reports, never fails."""

import ast
import statistics
from pathlib import Path

ROOT = Path(__file__).parents[1]
WISHED_LINES = 250


def main() -> None:
    modules, functions = {}, {}
    for package in ("scorecards", "service", "workers"):
        for path in (ROOT / package).rglob("*.py"):
            if "versions" in path.parts:
                continue
            text = path.read_text(encoding="utf-8")
            name = str(path.relative_to(ROOT))
            modules[name] = text.count("\n")
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef):
                    functions[f"{name}:{node.name}"] = (node.end_lineno or 0) - node.lineno + 1
    sizes = sorted(functions.values())
    print(f"functions: {len(sizes)}, median {statistics.median(sizes):.0f} lines (wish ≤ 8), ", end="")
    print(
        f"90 % within {sizes[int(len(sizes) * 0.9)]} (wish ≤ 30), "
        f"largest {max(functions, key=functions.get)} {sizes[-1]}"
    )
    large = {name: lines for name, lines in modules.items() if lines > WISHED_LINES}
    print(f"modules: {len(modules)}, median {statistics.median(modules.values()):.0f} lines (wish about 60); ", end="")
    print("over 250:", ", ".join(f"{name} {lines}" for name, lines in sorted(large.items())) or "none")


if __name__ == "__main__":
    main()
