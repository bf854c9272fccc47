"""`make lint`: how often the code gives up on a type with `Any` or `cast`. The number may only fall."""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
APPS = ("accounts", "common", "config", "counselor", "journal", "operations", "prompts")
# What Django's forms and models hand on to their base classes, and what TOML and JSON files hold.
ALLOWED = 72


def untyped() -> list[str]:
    """Each use as "file:line"; imports are not counted."""
    return [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for app in APPS
        for file in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id in {"Any", "cast"}
    ]


if __name__ == "__main__":
    uses = untyped()
    if len(uses) > ALLOWED:
        print(*uses, f"`Any` and `cast` are used {len(uses)} times, {ALLOWED} are allowed: give what you added a type.", sep="\n")
    elif len(uses) < ALLOWED:
        print(f"`Any` and `cast` are used {len(uses)} times now: write that number to ALLOWED in tests/untyped.py.")
    sys.exit(len(uses) != ALLOWED)
