"""Typical programs, for type checkers. This file is not run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import scalewise
from typing_extensions import assert_type

runs: dict[str, list[float]] = {
    "compute": [1e18, 1e19, 1e20, 1e21],
    "loss": [3.1, 2.74, 2.46, 2.25],
}
rows: list[dict[str, float | str]] = [{"compute": 1e18, "loss": 3.1, "task": "code"}]

# Tables.
assert_type(scalewise.check(runs), scalewise.Understanding)
assert_type(
    scalewise.check("runs.csv", where="is_train = 1", exclude=["lr > 1", "step < 5"]),
    scalewise.Understanding,
)
assert_type(scalewise.check(compute=[1e18], loss=[3.0]), scalewise.Understanding)
assert_type(scalewise.fit(Path("runs.csv")), scalewise.Law)
assert_type(scalewise.fit(["a.csv", "b.csv"], run_from="folder"), scalewise.Law)
assert_type(scalewise.fit(rows), scalewise.Law)
assert_type(scalewise.fit(b"compute,loss\n"), scalewise.Law)

# Laws.
law = scalewise.fit(
    runs,
    fix={"c": 1.6},
    bound={"b": (-1, 0), "a": (None, 5.0)},
    objective="huber",
    delta=1.345,
    residuals="log",
    fit_below="1e22",
    let={"compute": "6*n*d"},
    path="law.json",
    overwrite=True,
)
assert_type(law, scalewise.Law)
assert_type(law.params, dict[str, float])
assert_type(law.stderr, dict[str, float | None])
assert_type(law.name, str)
assert_type(law.inputs, tuple[str, ...])
assert_type(law == law, bool)
assert_type(hash(law), int)
assert_type(law.to_json(), str)
assert_type(law.trust, str)
assert_type(law.findings, list[scalewise.Finding])
assert_type(law.forecast("10x"), scalewise.Forecast)
assert_type(law.latex(), str | None)
assert_type(scalewise.Law(law.to_json()), scalewise.Law)
assert_type(scalewise.fit(runs, prior=law), scalewise.Law)
assert_type(
    scalewise.fit(runs, prior=[law, {"c": (1.6, 0.1)}, {"b": "language"}, "earlier.json"]),
    scalewise.Law,
)
assert_type(scalewise.fit(runs, by="task"), scalewise.Series)
assert_type(scalewise.show("law.json"), scalewise.Law)

# Forecasts.
forecast = scalewise.forecast(
    runs, at=[1e23, "100x", "3.1 PF-day"], level=[0.5, 0.9], method=["calibrated", "delta"]
)
assert_type(forecast, scalewise.Forecast)
assert_type(forecast.point, float)
assert_type(forecast.grade, str)
assert_type(forecast.law, scalewise.Law)
assert_type(forecast.intervals, list[scalewise.Interval])
interval = forecast.interval(0.9, kind="confidence", method="delta")
assert_type(interval, scalewise.Interval)
assert_type(interval.lower, float | None)
assert_type(interval.method, str)
curve = forecast.curve([1e20, 1e21], kind="prediction")
assert_type(curve, scalewise.Curve)
assert_type(scalewise.forecast(law, at="10x"), scalewise.Forecast)
assert_type(scalewise.forecast("law.json", at="10x", kind="prediction"), scalewise.Forecast)
assert_type(scalewise.forecast(runs, at="10x", progress=True), scalewise.Forecast)
assert_type(
    scalewise.forecast(runs, at="10x", progress=lambda done, expected: print(done, expected)),
    scalewise.Forecast,
)

# Many series.
series = scalewise.forecast(rows, by=["task", "model"], targets="targets.csv")
assert_type(series, scalewise.Series)
assert_type(len(series), int)
assert_type(scalewise.backtest(rows, by="task"), scalewise.Series)
assert_type(scalewise.compare(rows, by="task", laws="power"), scalewise.Series)

# Tables of answers.
table = series.table
assert_type(table, scalewise.Columns)
assert_type(table.to_csv(), str)
assert_type(table.to_dict(), dict[str, list[Any]])
assert_type(table.to_rows(), list[dict[str, Any]])
as_mapping: Mapping[str, Any] = table

# The other verbs.
assert_type(scalewise.backtest(runs, method="profile", min_runs=4), scalewise.Backtest)
assert_type(scalewise.compare(runs, laws=["power", "saturating"]), scalewise.Comparison)
assert_type(
    scalewise.capability("counts.csv", at="10x", rule="split", buckets=5),
    scalewise.Capability | scalewise.Scores,
)
scores = scalewise.capability(
    "scores.csv", by="task", at=[(13e9, "5T"), "70B:15T", 1e25], law=["size", "two-step"]
)
assert isinstance(scores, scalewise.Scores)
assert_type(scores.tasks, dict[str, scalewise.TaskScores])
assert_type(scores.tasks["mmlu"].point, float)
assert_type(scores.tasks["mmlu"].forecasts[0].interval(0.9), scalewise.Interval)
assert_type(scores.average, scalewise.TaskScores | None)
assert_type(scores.verdicts, dict[str, str])
scalewise.capability("scores.csv", at="13B:5T", law="chinchilla")  # refused
allocation = scalewise.allocate("surface.csv", compute=[1e22, "100x"], n_inference="2T", price=2)
assert_type(allocation, scalewise.Allocation)
assert_type(allocation.law, scalewise.Law)
assert_type(scalewise.isoflop("surface.csv", tolerance=0.05), scalewise.Isoflop)
page = scalewise.report(runs, at="100x", path="report.html")
assert_type(page, scalewise.Report)
assert_type(page.to_html(), str)
chart = scalewise.plot(
    runs, at="100x", view="reducible", path="chart.png", theme="slide", size=(800, 500), dpi=192
)
assert_type(chart, scalewise.Chart)
assert_type(chart.svg(theme="dark"), str)
assert_type(chart.png(dpi=192), bytes)
assert_type([one["name"] for one in scalewise.laws()], list[Any])
assert_type(
    scalewise.simulate(set={"a": 20, "b": -0.1, "c": 1.5}, compute=("1e18", 1e22), at="1e24"),
    scalewise.Columns,
)

# Registering.
entry = scalewise.register(
    runs, at="100x", registered_at=datetime.now(timezone.utc), path=Path("entry.json")
)
assert_type(entry, scalewise.Entry)
assert_type(entry.digest, str)
assert_type(entry.path, str | None)
assert_type(scalewise.register("counts.csv", question="capability", at="10x"), scalewise.Entry)
assert_type(scalewise.verify(entry, runs), scalewise.Verification)
assert_type(scalewise.verify("entry.json"), scalewise.Verification)
assert_type(scalewise.score(entry, 1.83, trained_after="2026-05-01T00:00:00Z"), scalewise.Score)
assert_type(scalewise.score("entry.json", {"params": "7.2B", "tokens": 1.4e11}), scalewise.Score)
assert_type(scalewise.ledger(os.curdir), scalewise.Ledger)

# Errors and findings.
try:
    scalewise.fit(runs)
except (scalewise.DataError, scalewise.NoFitError) as error:
    assert_type(error.message, str)
    assert_type(error.hint, str | None)
    assert_type(error.remedies, list[tuple[str, str | None]])
except scalewise.ScalewiseError:
    raise


def code_of(warning: scalewise.FindingWarning) -> str:
    assert_type(warning.finding.severity, str)
    return warning.code


# Type checkers must report an error for each of these lines.
scalewise.fit(runs, objective="cubic")  # refused
scalewise.fit(runs, fix=1.6)  # refused
scalewise.fit(runs, bound={"b": 1})  # refused
scalewise.forecast(runs, at="10x", kind="both")  # refused
scalewise.forecast(runs, at="10x", level="high")  # refused
scalewise.plot(runs, view="sideways")  # refused
scalewise.plot(runs, size=800)  # refused
scalewise.simulate(set=5)  # refused
scalewise.register(runs, question="isoflop")  # refused
scalewise.score(entry)  # refused
scalewise.ledger()  # refused
forecast.interval(0.9).middle  # refused
law.params["c"] = "two"  # refused
