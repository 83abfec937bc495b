"""Predictable scaling: fit a scaling law to cheap small training runs, forecast the expensive large
run before it is trained, and say how far to trust that.

>>> import scalewise
>>> runs = {"flops": [1e18, 1e19, 1e20, 1e21, 1e22], "loss": [3.1, 2.74, 2.46, 2.25, 2.1]}
>>> forecast = scalewise.forecast(runs, at="100x")
>>> round(forecast.point, 2)
1.89
>>> forecast.interval(0.9).method
'calibrated'

Every verb of the command line is a function with the same name and the same flags as keywords. What
a table can be: a path, a frame of pandas, polars or pyarrow, anything that offers a stream of Arrow,
a dict of columns, a list of dicts, or columns as keywords.
"""

from . import _errors as _errors
from ._results import (
    Allocation,
    Backtest,
    Capability,
    Chart,
    Comparison,
    Curve,
    Entry,
    Finding,
    FindingWarning,
    Forecast,
    Interval,
    Isoflop,
    Law,
    Laws,
    Ledger,
    Optimum,
    Plan,
    Recipe,
    Report,
    Result,
    RunEnd,
    RunEnds,
    Schedules,
    Score,
    Series,
    Understanding,
    Verification,
    Versus,
)
from ._scalewise import VERSION as __version__
from ._scalewise import DataError, FileError, NoFitError, ScalewiseError, UsageError
from ._scores import ScoreForecast, Scores, TaskScores
from ._table import Columns
from ._verbs import (
    allocate,
    backtest,
    capability,
    check,
    compare,
    curve,
    curve_compare,
    curve_fit,
    curve_forecast,
    fit,
    forecast,
    isoflop,
    laws,
    ledger,
    optimum,
    plan,
    plot,
    register,
    report,
    score,
    show,
    simulate,
    verify,
    versus,
)
from ._watch import Watch

__all__ = [
    "Allocation",
    "Backtest",
    "Capability",
    "Chart",
    "Columns",
    "Comparison",
    "Curve",
    "DataError",
    "Entry",
    "FileError",
    "Finding",
    "FindingWarning",
    "Forecast",
    "Interval",
    "Isoflop",
    "Law",
    "Laws",
    "Ledger",
    "NoFitError",
    "Optimum",
    "Plan",
    "Recipe",
    "Report",
    "Result",
    "RunEnd",
    "RunEnds",
    "ScalewiseError",
    "Schedules",
    "Score",
    "ScoreForecast",
    "Scores",
    "Series",
    "TaskScores",
    "Understanding",
    "UsageError",
    "Verification",
    "Versus",
    "Watch",
    "__version__",
    "allocate",
    "backtest",
    "capability",
    "check",
    "compare",
    "curve",
    "curve_compare",
    "curve_fit",
    "curve_forecast",
    "fit",
    "forecast",
    "isoflop",
    "laws",
    "ledger",
    "optimum",
    "plan",
    "plot",
    "register",
    "report",
    "score",
    "show",
    "simulate",
    "verify",
    "versus",
]
