"""The rules of the house, read from its files: who may import whom, how long things are, what is documented."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from jinja2 import Environment
from jinja2.meta import find_referenced_templates, find_undeclared_variables

import cli
import templates

ROOT = Path(cli.__file__).parent
ORDER = ("cli", "service", "mailgateway", "faq", "threads", "knowledge", "templates", "storage")
"""A package may import itself and what stands to its right."""
APART = {("mailgateway", "faq")}
"""These stand beside each other: neither imports the other."""
LONGEST_MODULE = 400
LONGEST_FUNCTION = 25
HEAVY = ("sqlalchemy", "alembic", "whoosh", "rich", "uvicorn", "starlette", "cryptography", "pydantic", "numpy")


def modules() -> list[Path]:
    """Every module of the program."""
    found = [ROOT / "cli.py"]
    for package in ORDER[1:]:
        found += sorted((ROOT / package).rglob("*.py"))
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every module that is imported anywhere in a file, also inside functions, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def may_import(mine: str, other: str) -> bool:
    return ORDER.index(mine) <= ORDER.index(other) and (mine, other) not in APART


def test_a_package_imports_only_itself_and_what_stands_to_its_right() -> None:
    wrong = []
    for path in modules():
        mine = path.relative_to(ROOT).parts[0].removesuffix(".py")
        for line, module in imported(tree_of(path)):
            other = module.partition(".")[0]
            if other in ORDER and not may_import(mine, other):
                wrong.append(f"{name_of(path)}:{line} imports {module}")
    assert wrong == []


def test_every_import_names_its_package() -> None:
    relative = [
        f"{name_of(path)}:{line}" for path in modules() for line, module in imported(tree_of(path)) if module[:1] == "."
    ]
    assert relative == []


@pytest.mark.parametrize(
    ("mine", "other", "allowed"),
    [
        ("service", "storage", True),
        ("threads", "threads", True),
        ("storage", "threads", False),
        ("faq", "mailgateway", False),
        ("mailgateway", "faq", False),
        ("knowledge", "service", False),
    ],
)
def test_the_rule_itself_tells_right_from_wrong(mine: str, other: str, allowed: bool) -> None:
    assert may_import(mine, other) is allowed


def test_no_module_is_longer_than_400_lines_nor_is_one_of_the_tests() -> None:
    beside = [path for folder in ("tests", "benchmarks", "docs") for path in sorted((ROOT / folder).rglob("*.py"))]
    paths = [*modules(), ROOT / "conftest.py", *beside]
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    long = {name: n for name, n in lengths.items() if n > LONGEST_MODULE and "migrations/versions" not in name}
    assert long == {}


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_nine_in_ten_functions_have_fewer_than_25_lines() -> None:
    lengths = {
        f"{name_of(path)}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in modules()
        if "migrations/versions" not in name_of(path)
        for function in functions(tree_of(path))
    }
    long = sorted(name for name, length in lengths.items() if length >= LONGEST_FUNCTION)
    assert len(long) <= len(lengths) / 10, long


def undocumented(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    """The public names in a module or class that have no docstring."""
    for child in node.body:
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and child.name[0] != "_":
            if not ast.get_docstring(child):
                yield f"{prefix}:{child.lineno} {child.name}"
            if isinstance(child, ast.ClassDef):
                yield from undocumented(child, prefix)


def test_every_public_name_says_what_it_is() -> None:
    missing = []
    for path in modules():
        tree = tree_of(path)
        if path.name != "__init__.py" and not ast.get_docstring(tree):
            missing.append(name_of(path))
        if "migrations/versions" not in name_of(path):
            missing += undocumented(tree, name_of(path))
    assert missing == []


def test_every_folder_with_modules_is_a_package() -> None:
    folders = {path.parent for path in modules()} - {ROOT}
    assert [name_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_no_other_installed_distribution_owns_one_of_our_names() -> None:
    owners = importlib.metadata.packages_distributions()
    taken = {name: sorted({*owners.get(name, [])} - {"briefwechsel"}) for name in ORDER}
    assert {name: others for name, others in taken.items() if others} == {}


def test_the_wheel_takes_every_package_along() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    taken = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert sorted(taken) == sorted(["cli.py", *ORDER[1:]])
    assert [name for name in taken if not (ROOT / name).exists()] == []


def committed() -> list[Path]:
    """Every text of the project, whether it is in git already or about to be."""
    skipped = {".git", ".venv", "var", "node_modules", "__pycache__"}
    return [
        path
        for path in ROOT.rglob("*")
        if path.is_file()
        and not any(part in skipped or part.endswith(("_cache", ".egg-info")) for part in path.relative_to(ROOT).parts)
        and path.suffix in {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".yaml", ".yml", ""}
        and ".hypothesis" not in path.parts
    ]


def test_nothing_leads_out_of_the_repository() -> None:
    outside = "../" + "shared"  # so that this line is not found itself
    found = [name_of(path) for path in committed() if outside in path.read_text(encoding="utf-8", errors="replace")]
    assert found == []


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_can_be_loaded_and_says_what_it_does(name: str) -> None:
    module, _, attribute = cli.COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help, f"brief {name} --help says nothing"


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    texts = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    pattern = re.compile(rf"\bbrief (?:--\w+ \S+ )*{re.escape(name)}\b")
    assert any(pattern.search(path.read_text(encoding="utf-8")) for path in texts), f"nothing tells of `brief {name}`"


def loaded_by(code: str) -> set[str]:
    """The heavy packages that are loaded once this has run in a fresh interpreter."""
    code += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split()) & set(HEAVY)


def test_the_list_of_commands_loads_nothing_heavy() -> None:
    assert loaded_by("import cli, click.testing; click.testing.CliRunner().invoke(cli.brief, ['--help'])") == set()


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_no_command_loads_anything_heavy_before_it_runs(name: str) -> None:
    module = cli.COMMANDS[name][0].partition(":")[0]
    assert loaded_by(f"import {module}") == set()


def test_an_agents_desk_does_not_wait_for_what_only_the_search_needs() -> None:
    assert "numpy" not in loaded_by("import service.desk")


# ---------------------------------------------------------------- texts of mails

MAIL = templates.FOLDER / "mail"
TEXTS = sorted({path.stem for path in MAIL.rglob("*.txt")})


class Anything:
    """Stands for any fact that a text may ask for."""

    def __getattr__(self, name: str) -> Anything:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __iter__(self) -> Iterator[Anything]:
        return iter([Anything()])

    def __str__(self) -> str:
        return "fact"


def facts_of(name: str, language: str) -> set[str]:
    tree = Environment().parse((MAIL / language / f"{name}.txt").read_text(encoding="utf-8"))
    within = [Path(each).stem for each in find_referenced_templates(tree) if each]
    return find_undeclared_variables(tree).union(*(facts_of(each, language) for each in within))


@pytest.mark.parametrize("language", templates.languages())
@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("tone", ["du", "Sie"])
def test_every_text_of_a_mail_renders_in_every_language_and_tone(name: str, language: str, tone: str) -> None:
    facts = {fact: Anything() for fact in facts_of(name, language)} | {"tone": tone}
    text = templates.render(name, language, **facts)
    assert text.strip()
    assert "{{" not in text
    assert not re.search(r"^ \S", text, re.MULTILINE)  # a paragraph begins with its first word


@pytest.mark.parametrize("name", TEXTS)
def test_every_language_says_a_text_with_the_same_facts(name: str) -> None:
    asked = {language: facts_of(name, language) - {"tone"} for language in templates.languages()}
    assert len(set(map(frozenset, asked.values()))) == 1, asked
