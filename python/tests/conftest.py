"""Fixtures of the tests: one ladder of runs, as a CSV file and as columns."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

# Pictures are drawn without a screen.
os.environ.setdefault("MPLBACKEND", "Agg")

NAMES = [f"r{k}" for k in range(9)]
COMPUTE = [1e18, 3.3e18, 1e19, 3.1e19, 1.7e20, 1e21, 5.5e21, 1e22, 3e22]
LOSS = [(20 * c**-0.1 + 1.5) * (1 + 0.002 * (-1) ** k) for k, c in enumerate(COMPUTE)]
SEEDS = [3, 1, 4, 1, 5, 9, 2, 6, 5]


@pytest.fixture
def columns() -> dict[str, list[object]]:
    """The columns of the ladder."""
    return {
        "name": list(NAMES),
        "compute": list(COMPUTE),
        "loss": list(LOSS),
        "seed_no": list(SEEDS),
    }


@pytest.fixture
def path(columns: dict[str, list[object]], tmp_path: Path) -> Path:
    """The same ladder as a file."""
    lines = [",".join(columns)]
    lines += [f"{name},{c!r},{loss!r},{seed}" for name, c, loss, seed in zip(*columns.values())]
    file = tmp_path / "runs.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


@pytest.fixture(autouse=True)
def _findings_are_known() -> object:
    """Ignores findings, except in tests about findings."""
    import scalewise

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", scalewise.FindingWarning)
        yield
