"""The house rules that no linter knows: sizes, templates, names, and what may not be committed."""

import ast
import re
import statistics
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON = [*sorted((ROOT / "app").rglob("*.py")), ROOT / "wsgi.py"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions() -> list[tuple[str, int]]:
    """(place, lines) of every function of the application."""
    return [
        (f"{name(path)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]


def test_no_function_is_longer_than_a_look():
    assert not [(place, lines) for place, lines in functions() if lines > 40]


def test_nearly_every_function_is_short():
    lengths = sorted(lines for _, lines in functions())
    assert statistics.median(lengths) <= 10
    assert lengths[int(len(lengths) * 0.9)] <= 24


@pytest.mark.parametrize(
    ("paths", "most"), [(PYTHON, 300), (TEMPLATES, 120), (SCRIPTS, 60)], ids=["py", "html", "js"]
)
def test_files_stay_readable(paths: list[Path], most: int):
    assert not [name(p) for p in paths if len(p.read_text().splitlines()) > most]


def test_every_module_says_what_it_is_for():
    assert not [name(p) for p in PYTHON if not ast.get_docstring(ast.parse(p.read_text()))]


def test_every_public_function_says_what_it_does():
    silent = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in PYTHON
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent


def test_no_sentence_hides_from_the_translators():
    """What is called inside an f-string, the extractor of messages does not find."""
    hidden = [
        f"{name(path)}:{call.lineno}"
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("_", "_l", "ngettext")
    ]
    assert not hidden


def test_templates_hold_nothing_that_the_content_policy_forbids():
    forbidden = re.compile(
        r"\sstyle=|<style|\son[a-z]+=|hx-on|javascript:|\|\s*safe\b|<script(?![^>]*\ssrc=)"
    )
    found = [
        f"{name(p)}: {m.group()}"
        for p in TEMPLATES
        for m in forbidden.finditer(re.sub(r"\{#.*?#\}", "", p.read_text(), flags=re.DOTALL))
        if "error_summary" not in p.name
    ]
    assert not found


def test_markup_is_never_made_from_strings():
    risky = re.compile(r"\bMarkup\(|render_template_string|\.query\.get_or_404\(|\bprint\(")
    assert not [f"{name(p)}: {m.group()}" for p in PYTHON for m in risky.finditer(p.read_text())]


def test_templates_never_query():
    asking = re.compile(r"\bdb\.|\.query\b|\bsession\.(?:execute|scalars?)\b")
    assert not [name(p) for p in TEMPLATES if asking.search(p.read_text())]


def test_no_module_is_called_after_nothing():
    vague = {"utils", "helpers", "common", "manager", "misc"}
    assert not [name(p) for p in PYTHON if p.stem in vague or set(p.parts) & vague]


def test_a_post_form_carries_its_token():
    without = [
        f"{name(path)}: {form[:80]}"
        for path in TEMPLATES
        for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL)
        if re.search(r'method="post"', form, re.IGNORECASE) and "csrf" not in form
    ]
    assert not without


def test_nothing_committed_names_a_package_host_or_a_path_of_one_machine():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    marks = re.compile(
        r"files\.pythonhosted|pypi\.org|registry\.npmjs|deb\.debian|(?<![\w.])/(?:wo"
        r"rk|farm)/\w"
    )
    found = []
    for file in listed:
        path = ROOT / file
        if path.is_file() and path.stat().st_size < 2_000_000 and "vendor" not in path.parts:
            found += [
                f"{file}: {m.group()}" for m in marks.finditer(path.read_text("utf-8", "replace"))
            ]
    assert not found
