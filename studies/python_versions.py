"""The tests of the Python module with old and new versions of Python and of other libraries.

    python3 studies/python_versions.py WHEEL [--oldest python3.10] [--newest python3.13] [--folder DIR]

Each row of the table that is printed is an environment of its own: the wheel is installed there
with the libraries of the row, and the tests of `python/tests` are run. A test that needs a library
that is not there is skipped. The exit code is 1 where a test fails.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Packages that the tests always need.
TESTS = ["pytest"]
CHECKERS = ["mypy", "pyright", "typing_extensions"]
SHOWN = ["numpy", "pandas", "polars", "pyarrow", "matplotlib"]

# Which Python, and the libraries: the oldest that the tests pass with, those before the last great
# change of each library, the newest, and none at all.
ROWS: list[tuple[str, str, list[str]]] = [
    (
        "oldest",
        "oldest",
        ["numpy==1.26.*", "pandas==2.0.*", "polars==1.0.*", "pyarrow==15.*", "matplotlib==3.8.*"],
    ),
    (
        "oldest Python",
        "oldest",
        ["numpy", "pandas", "polars", "pyarrow", "matplotlib", "tqdm", *CHECKERS],
    ),
    (
        "before the change",
        "newest",
        ["numpy", "pandas==2.*", "polars==1.*", "pyarrow", "matplotlib", "tqdm"],
    ),
    (
        "newest",
        "newest",
        ["numpy", "pandas>=3", "polars>=2", "pyarrow", "matplotlib", "tqdm", *CHECKERS],
    ),
    ("none, oldest", "oldest", []),
    ("none, newest", "newest", []),
]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False
    )


def environment(python: str, folder: Path, wheel: Path, libraries: list[str]) -> Path:
    """The interpreter of a new environment with the wheel and these libraries."""
    made = run(python, "-m", "venv", "--clear", folder)
    if made.returncode != 0:
        raise SystemExit(f"{python} makes no environment: {made.stderr}")
    inside = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    words = [
        inside,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--prefer-binary",
    ]
    put = run(*words, wheel, *TESTS, *libraries)
    if put.returncode != 0:
        raise SystemExit(f"the libraries of {python} cannot be installed:\n{put.stderr}")
    return inside


def versions(inside: Path) -> list[str]:
    """The version of Python, and of each library that is shown."""
    program = (
        "import importlib.metadata as m, platform\n"
        "print(platform.python_version())\n"
        f"for name in {SHOWN!r}:\n"
        "    try:\n"
        "        print(m.version(name))\n"
        "    except m.PackageNotFoundError:\n"
        "        print('none')\n"
    )
    return run(inside, "-c", program).stdout.split()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", type=Path)
    parser.add_argument(
        "--oldest", default="python3.10", help="the oldest Python [default: python3.10]"
    )
    parser.add_argument(
        "--newest", default="python3.13", help="the newest Python [default: python3.13]"
    )
    parser.add_argument(
        "--folder", type=Path, help="where the environments are made [default: a temporary folder]"
    )
    parser.add_argument(
        "--only", action="append", help="a row by its name (repeatable) [default: all]"
    )
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="scalewise-versions-"))
    print("| row | Python | " + " | ".join(SHOWN) + " | passed | skipped | failed |")
    print("|---|---|" + "---|" * len(SHOWN) + "---:|---:|---:|", flush=True)
    all_passed = True
    failures = []
    for row, which, libraries in ROWS:
        if given.only and row not in given.only:
            continue
        place = folder / re.sub(r"\W+", "-", row)
        inside = environment(getattr(given, which), place, given.wheel.resolve(), libraries)
        tested = run(
            inside,
            "-m",
            "pytest",
            "-q",
            "--tb=short",
            "-p",
            "no:cacheprovider",
            ROOT / "python" / "tests",
        )
        last = (
            tested.stdout.strip().splitlines()[-1]
            if tested.stdout.strip()
            else tested.stderr[-200:]
        )
        counts = {
            word: int(number)
            for number, word in re.findall(r"(\d+) (passed|skipped|failed|error)", last)
        }
        failed = counts.get("failed", 0) + counts.get("error", 0)
        all_passed &= tested.returncode == 0
        cells = [row, *versions(inside), counts.get("passed", 0), counts.get("skipped", 0), failed]
        print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)
        if tested.returncode != 0:
            failures.append(f"\n{row}:\n{tested.stdout[-6000:]}{tested.stderr[-2000:]}")
    print("\n".join(failures))
    if given.folder is None:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if all_passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
