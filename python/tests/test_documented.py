"""Runs the Python blocks of the documents, and checks the values that they state.

The blocks of a document share one namespace. An expression on a line of its own with a comment
behind it has to be what the comment says. Files that a block writes are written elsewhere.
"""

from __future__ import annotations

import ast
import importlib.util
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("docs/python.md", "python/README.md")
NEEDED = ("matplotlib", "numpy", "pandas", "polars", "pyarrow", "scipy")


def blocks(text: str) -> list[tuple[int, str]]:
    """The Python blocks of a document, each with the number of its first line."""
    found, lines = [], text.splitlines()
    k = 0
    while k < len(lines):
        if lines[k].strip() == "```python":
            start = k + 1
            k = next(j for j in range(start, len(lines)) if lines[j].strip() == "```")
            found.append((start, "\n".join(lines[start:k])))
        k += 1
    return found


def run(source: str, first: int, name: str, names: dict[str, object]) -> int:
    """Runs a block, and gives the number of values that it states."""
    stated = 0
    lines = source.splitlines()
    for statement in ast.parse(source).body:
        assert statement.end_lineno is not None
        ast.increment_lineno(statement, first)
        comment = lines[statement.end_lineno - first - 1][statement.end_col_offset :].strip()
        if isinstance(statement, ast.Expr) and comment.startswith("# "):
            value = eval(compile(ast.Expression(statement.value), name, "eval"), names)
            assert repr(value) == comment[2:], f"{name}:{statement.end_lineno}"
            stated += 1
        else:
            exec(compile(ast.Module([statement], []), name, "exec"), names)
    return stated


@pytest.mark.parametrize("document", DOCUMENTS)
def test_blocks(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / document
    if not path.is_file():
        pytest.skip(f"{document} is not here")
    for module in NEEDED:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    # Links to the data of the repository; files that blocks write stay in this folder.
    for name in ("data", "tests"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    found = blocks(path.read_text(encoding="utf-8"))
    assert found, f"{document} has no Python block"
    names: dict[str, object] = {"__name__": "documented"}
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        stated = sum(run(source, first, document, names) for first, source in found)
    assert stated > 0, f"{document} states no value"


def test_programs_of_the_clusters() -> None:
    """What docs/clusters.md shows is what studies/clusters runs."""
    document, folder = ROOT / "docs" / "clusters.md", ROOT / "studies" / "clusters"
    if not (document.is_file() and folder.is_dir()):
        pytest.skip("the documents or the studies are not here")
    programs = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))]
    found = blocks(document.read_text(encoding="utf-8"))
    assert found
    for first, source in found:
        assert any(source in program for program in programs), f"docs/clusters.md:{first}"


@pytest.mark.parametrize("batch_rows", [1, 5, 7, 8, 16, 1000])
def test_no_series_is_split(batch_rows: int) -> None:
    """The part of docs/clusters.md that cuts batches between series, whatever the batches are."""
    pyarrow = pytest.importorskip("pyarrow")
    document = ROOT / "docs" / "clusters.md"
    if not document.is_file():
        pytest.skip("the document is not here")
    found = blocks(document.read_text(encoding="utf-8"))
    source = next(one for _, one in found if "whole_series" in one)
    names: dict[str, object] = {"pyarrow": pyarrow, "ROWS": 20, "Iterator": list}
    exec("from __future__ import annotations\n" + source, names)
    series = [name for k, name in enumerate("abcdefghij") for _ in range(1 + 7 * k % 11)]
    table = pyarrow.table({"series": series, "row": list(range(len(series)))})
    parts = list(names["whole_series"](iter(table.to_batches(max_chunksize=batch_rows))))  # type: ignore[operator]
    assert pyarrow.concat_tables(parts).equals(table)
    seen = [set(part["series"].to_pylist()) for part in parts]
    assert sum(len(one) for one in seen) == len(set().union(*seen)) == 10
    assert batch_rows == 1000 or len(parts) > 1
