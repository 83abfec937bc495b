"""Types, documentation, and that Python has every verb and flag of the command line."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import inspect
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import scalewise

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = Path(scalewise.__file__).resolve().parents[1]
PROGRAM = Path(os.environ.get("SCALEWISE_BIN", ROOT / "target" / "release" / "scalewise"))
USES = Path(__file__).with_name("typical_uses.py")

# Parts of the command line that are only for shells and terminals.
NO_VERBS = {"completions", "man", "help"}
# The verbs below curve.
OF_CURVES = {"curve_fit", "curve_forecast", "curve_compare"}


def installed(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")


def checked(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A checker of types, which finds the package that is tested here."""
    found = (
        {}
        if "site-packages" in str(PACKAGE)
        else {"PYTHONPATH": str(PACKAGE), "MYPYPATH": str(PACKAGE)}
    )
    return subprocess.run(
        words, cwd=folder, env={**os.environ, **found}, capture_output=True, text=True, timeout=300
    )


MYPY = """\
[mypy]
ignore_missing_imports = true
disable_error_code = import-untyped
"""

# These three are attributes of every error, which an error that is raised in Python reads from its
# text.
KNOWN = "scalewise._scalewise.ScalewiseError.(message|hint|remedies)\n"


def test_the_stubs_are_those_of_the_modules(tmp_path: Path) -> None:
    installed("mypy")
    (tmp_path / "mypy.ini").write_text(MYPY)
    (tmp_path / "known.txt").write_text(KNOWN)
    words = [
        sys.executable,
        "-m",
        "mypy.stubtest",
        "scalewise",
        "--mypy-config-file",
        "mypy.ini",
        "--allowlist",
        "known.txt",
    ]
    said = checked([*words, "--ignore-unused-allowlist"], tmp_path)
    assert said.returncode == 0, said.stdout + said.stderr


def refused_lines() -> list[int]:
    return [
        k + 1 for k, line in enumerate(USES.read_text().splitlines()) if line.endswith("# refused")
    ]


def test_mypy_agrees_with_typical_uses(tmp_path: Path) -> None:
    installed("mypy")
    installed("typing_extensions")
    (tmp_path / "mypy.ini").write_text(MYPY)
    uses = shutil.copy(USES, tmp_path)
    said = checked(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "mypy.ini", str(uses)], tmp_path
    )
    lines = {int(line) for line in re.findall(r"typical_uses\.py:(\d+): error", said.stdout)}
    assert sorted(lines) == refused_lines(), said.stdout + said.stderr


def test_pyright_agrees_with_typical_uses(tmp_path: Path) -> None:
    installed("pyright")
    installed("typing_extensions")
    program = [sys.executable, "-m", "pyright"]
    try:
        found = subprocess.run([*program, "--version"], capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip("pyright does not start")
    if found.returncode != 0:
        pytest.skip(f"pyright does not start: {found.stderr.strip()[-200:]}")
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(PACKAGE)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    shutil.copy(USES, tmp_path)
    said = checked(
        [*program, "--outputjson", "--pythonpath", sys.executable, "typical_uses.py"], tmp_path
    )
    errors = json.loads(said.stdout)["generalDiagnostics"]
    lines = {one["range"]["start"]["line"] + 1 for one in errors}
    assert sorted(lines) == refused_lines(), [
        (one["range"]["start"]["line"] + 1, one["message"]) for one in errors
    ]


def test_the_package_says_that_it_is_typed() -> None:
    assert Path(scalewise.__file__).with_name("py.typed").is_file()


def functions() -> dict[str, Any]:
    return {
        name: getattr(scalewise, name)
        for name in scalewise.__all__
        if inspect.isfunction(getattr(scalewise, name))
    }


def classes() -> dict[str, Any]:
    return {
        name: getattr(scalewise, name)
        for name in scalewise.__all__
        if inspect.isclass(getattr(scalewise, name))
    }


def modules() -> list[ModuleType]:
    names = [one.name for one in pkgutil.iter_modules(scalewise.__path__)]
    return [scalewise, *(importlib.import_module(f"scalewise.{name}") for name in names)]


def sections(text: str) -> dict[str, list[str]]:
    """The sections of a documentation in NumPy's style, and the lines of each."""
    found: dict[str, list[str]] = {"": []}
    here = ""
    lines = inspect.cleandoc(text).splitlines()
    for line, below in zip(lines, [*lines[1:], ""]):
        if line and set(below) == {"-"} and len(below) == len(line):
            here = line
            found[here] = []
        elif set(line) != {"-"}:
            found[here].append(line)
    return found


def described(lines: list[str]) -> list[str]:
    """The names that a section describes."""
    names = [line.split(" : ")[0] for line in lines if line and not line.startswith(" ")]
    return [name.strip().lstrip("*") for one in names for name in one.split(",")]


@pytest.mark.parametrize("name", functions())
def test_a_function_is_documented(name: str) -> None:
    function = functions()[name]
    text = function.__doc__
    assert text, "it has no documentation"
    found = sections(text)
    assert not re.search(r"^\s*\{\w+\}\s*$", text, re.MULTILINE), (
        "a name of what is shared has no text"
    )
    summary = found[""][0]
    assert summary.endswith(".")
    assert len(summary) <= 100
    parameters = [one for one in inspect.signature(function).parameters]
    if parameters:
        assert described(found["Parameters"]) == sorted(
            described(found["Parameters"]), key=described(found["Parameters"]).index
        )
        assert sorted(described(found["Parameters"])) == sorted(parameters)
        for line in found["Parameters"]:
            assert not line or line.startswith(" ") or " : " in line or line.startswith("**"), line
        assert found["Raises"], "it does not say what it raises"
        for error in re.findall(r"\b\w+Error\b", " ".join(found["Raises"])):
            assert error in scalewise.__all__
    assert found["Returns"], "it does not say what it gives"
    assert ">>> " in "\n".join(found["Examples"])
    assert len(doctest.DocTestParser().get_examples(text)) >= 2
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.parametrize("name", classes())
def test_a_class_is_documented(name: str) -> None:
    kind = classes()[name]
    assert kind.__doc__, "it has no documentation"
    for member, value in vars(kind).items():
        if member.startswith("_") or not (inspect.isfunction(value) or isinstance(value, property)):
            continue
        text = inspect.getdoc(getattr(kind, member)) or ""
        assert text, f"{name}.{member} has no documentation"
        found = sections(text)
        if isinstance(value, property) or "Parameters" not in found:
            continue
        taken = [one for one in inspect.signature(value).parameters if one != "self"]
        assert set(described(found["Parameters"])) <= set(taken), f"{name}.{member}"


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_examples(module: ModuleType) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", scalewise.FindingWarning)
        result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0
    if module.__name__ in ("scalewise", "scalewise._verbs"):
        assert result.attempted > 3


def test_every_name_is_exported_once_and_in_order() -> None:
    assert scalewise.__all__ == sorted(
        scalewise.__all__, key=lambda name: (not name[0].isupper(), name)
    )
    assert len(set(scalewise.__all__)) == len(scalewise.__all__)
    for name in scalewise.__all__:
        assert hasattr(scalewise, name)
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", scalewise.__version__)


def verbs() -> list[str]:
    """The verbs of the command line, from its source."""
    source = ROOT / "cli" / "src" / "args" / "mod.rs"
    if not source.is_file():
        return []
    [body] = re.findall(
        r"^pub enum Verb \{$(.*?)^\}$", source.read_text(), re.MULTILINE | re.DOTALL
    )
    names = re.findall(r"^    ([A-Z]\w*)\b", body, re.MULTILINE)
    return [re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in names]


def test_every_verb_of_the_command_line_is_a_function() -> None:
    found = verbs()
    if not found:
        pytest.skip("the source of the command line is not here")
    assert {"fit", "forecast", "man"} <= set(found)
    for verb in found:
        assert verb in NO_VERBS or verb in functions(), f"the verb '{verb}' has no Python"
    # And the other way round.
    assert set(functions()) - OF_CURVES <= set(found)


# Flags for printing, for terminals and for files of pictures.
PRINTING = {
    "format",
    "quiet",
    "color",
    "strict",
    "help",
    "page",
    "plot",
    "plot-problems",
    "verbose",
    "version",
}
# How a picture looks: keywords of plot(), and arguments of .svg(), .png() and .pdf() of an answer.
PICTURE = {"theme", "size", "dpi", "title", "no-title", "xlim", "ylim"}
# Flags that have another name in Python, and those whose place is an argument without a name.
RENAMED = {"output": "path", "actual": "actual"}
# Flags that are methods of an answer: the views of its chart, and the file of its picture.
# A run that goes on is followed by the class Watch.
BY_METHOD = {
    ("allocate", "view"),
    ("ledger", "output"),
    ("check", "output"),
    ("curve", "follow"),
}
# Results are written by .save(), and not by a keyword, where there is nothing but text to write.
SAVED = {
    "versus",
    "plan",
    "curve",
    "curve_forecast",
    "curve_compare",
    "optimum",
    "forecast",
    "backtest",
    "compare",
    "capability",
    "allocate",
    "isoflop",
}


def flags(verb: str) -> set[str]:
    said = subprocess.run(
        [PROGRAM, *verb.split(), "--help"], capture_output=True, text=True, check=True
    ).stdout
    return set(re.findall(r"^ +(?:-\w, )?--([a-z-]+)", said, re.MULTILINE))


@pytest.mark.skipif(
    not PROGRAM.is_file(), reason="the program is not built, and SCALEWISE_BIN names none"
)
@pytest.mark.parametrize(
    "verb",
    [
        *(verb for verb in verbs() if verb not in NO_VERBS),
        "register capability",
        "register allocate",
        "register curve",
        "curve fit",
        "curve forecast",
        "curve compare",
    ],
)
def test_every_flag_is_a_keyword(verb: str) -> None:
    name, _, question = verb.partition(" ")
    if name == "curve":
        name, question = verb.replace(" ", "_"), ""
    taken = set(inspect.signature(functions()[name]).parameters)
    if name == "register":
        # It passes on the keywords of the registered verb.
        taken |= set(inspect.signature(functions()[question or "forecast"]).parameters)
    for flag in flags(verb) - PRINTING:
        if (name, flag) in BY_METHOD or (flag == "output" and name in SAVED):
            continue
        if flag in PICTURE and name != "plot":
            continue
        keyword = RENAMED.get(flag, flag.replace("-", "_"))
        assert keyword in taken, f"--{flag} of '{verb}' has no keyword '{keyword}'"


@pytest.mark.skipif(
    not PROGRAM.is_file(), reason="the program is not built, and SCALEWISE_BIN names none"
)
@pytest.mark.parametrize("verb", [verb for verb in verbs() if verb not in NO_VERBS])
def test_every_keyword_is_a_flag_or_of_python_alone(verb: str) -> None:
    of_python = {
        "table",
        "columns",
        "keywords",
        "progress",
        "path",
        "overwrite",
        "question",
        "theme",
        "size",
        "dpi",
        "law",
        "entry",
        "tables",
        "folder",
        "name",
        "set",
    }
    known = {flag.replace("-", "_") for flag in flags(verb)}
    for keyword in inspect.signature(functions()[verb]).parameters:
        assert keyword in known | of_python, f"'{keyword}' of {verb}() is no flag"
