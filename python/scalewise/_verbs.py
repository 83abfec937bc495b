"""The verbs of the command line as functions. Their types are in ``_verbs.pyi``."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from datetime import datetime, timezone

from . import _scalewise as native
from ._documented import documented
from ._files import keep, write
from ._input import beside
from ._input import table as as_table
from ._progress import listener
from ._results import (
    Allocation,
    Backtest,
    Capability,
    Chart,
    Comparison,
    Entry,
    Forecast,
    Isoflop,
    Law,
    Laws,
    Ledger,
    Optimum,
    Plan,
    Recipe,
    Report,
    RunEnd,
    RunEnds,
    Schedules,
    Score,
    Series,
    Understanding,
    Verification,
    Versus,
    warn_of,
)
from ._scores import Scores
from ._table import Columns

# What is about files and pictures, and not about the question.
_OURS = (
    "run_from",
    "log_line",
    "progress",
    "path",
    "overwrite",
    "exhaustive",
    "theme",
    "size",
    "dpi",
    "title",
    "no_title",
    "xlim",
    "ylim",
)


class _Call:
    """A call of a verb: its table or its law, and its keywords."""

    def __init__(self, verb, table, given):
        given = dict(given)
        columns = given.pop("columns", None) or {}
        ours = {name: given.pop(name, None) for name in _OURS}
        self.verb, self.path, self.progress = verb, ours["path"], ours["progress"]
        self.keywords = {
            name: value for name, value in given.items() if value is not None and value is not False
        }
        for name in ("join", "targets", "candidates", "rates"):
            if name in self.keywords:
                self.keywords[name] = _beside(name, self.keywords[name])
        for name in ("prior", "law_from"):
            if name in self.keywords and verb == "curve":
                self.keywords[name] = _recipe(self.keywords[name])
            elif name in self.keywords:
                self.keywords[name] = _native_laws(self.keywords[name])
        self.table, self.name = None, "…"
        if isinstance(table, Law):
            self.keywords["fitted"], self.name = table._law, "law"
            if columns:
                raise TypeError(f"{verb}() got unexpected keywords: {', '.join(columns)}")
        elif table is None and given.get("question") == "external":
            # It rests on no table.
            self.table = None
        elif table is None and verb == "plan" and not columns:
            # A ladder can be planned before there is a run.
            self.table = None
        elif table is None:
            if not columns:
                raise TypeError(f"{verb}() needs a table: a path, a frame, or columns as keywords")
            _refuse_plain(verb, columns)
            self.table = as_table(columns)
        elif columns:
            raise TypeError(f"{verb}() got unexpected keywords: {', '.join(columns)}")
        else:
            self.table = as_table(table, ours["run_from"], ours["log_line"])
            self.name = repr(os.fspath(table)) if isinstance(table, (str, os.PathLike)) else "…"

    def ask(self):
        """The native answer."""
        with listener(self.progress) as heard:
            return native.ask(self.verb, self.table, self.keywords, heard)

    def answer(self, kind):
        """The answer as an object, with a warning for each finding about it."""
        answer = self.ask()
        if answer.is_of_scores:
            kind = Scores
        elif answer.is_of_lowest:
            kind = Optimum
        elif "by" in self.keywords and kind not in (Optimum, RunEnds, Understanding):
            return Series(answer, self._in_full)
        made = Law._made(answer.law()) if kind is Law else kind(answer)
        warn_of(made)
        return made

    def _in_full(self):
        self.keywords["as_json"] = True
        return self.ask()


def _recipe(recipe):
    """The path of a recipe, or the document itself."""
    return recipe.to_json() if isinstance(recipe, Recipe) else os.fspath(recipe)


def _native_laws(prior):
    """A prior with its laws as objects of the native module."""
    if isinstance(prior, (list, tuple)):
        return [_native_laws(one) for one in prior]
    return prior._law if isinstance(prior, Law) else prior


def _refuse_plain(verb, columns):
    """Refuses a misspelt keyword, which would otherwise be taken for a column."""
    for name, cells in columns.items():
        if isinstance(cells, (str, bytes, int, float, bool)):
            raise TypeError(f"{verb}() got an unexpected keyword '{name}'")


def _beside(name, tables):
    if (
        name == "join"
        and isinstance(tables, (list, tuple))
        and not (tables and isinstance(tables[0], Mapping))
    ):
        return [beside(one) for one in tables]
    return beside(tables)


def _time(value):
    """A time in UTC as entries write it; by default now."""
    if isinstance(value, str):
        return value
    value = datetime.now(timezone.utc) if value is None else value
    if value.tzinfo is None:
        raise native.UsageError(
            "a time without its zone is not known\n  hint: give one in UTC, such as datetime.now(timezone.utc)"
        )
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


@documented
def check(
    table=None,
    *,
    by=None,
    force=False,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    model_col=None,
    problem_col=None,
    samples_col=None,
    passes_col=None,
    pass_rate_col=None,
    stderr_col=None,
    chance_col=None,
    task_loss_col=None,
    run_from=None,
    log_line=None,
    **columns,
):
    """Says how a table is understood: columns, ranges, units, excluded rows.

    Parameters
    ----------
    {table}
    {by}
    {force}
    {reading}
    {counts}
    {files}
    {columns}

    Returns
    -------
    Understanding

    Raises
    ------
    DataError
        When the table cannot be read, or a finding forbids a fit.

    Examples
    --------
    >>> import scalewise
    >>> understood = scalewise.check(flops=[1e18, 1e19, 1e20, 1e21], loss=[3.1, 2.74, 2.46, 2.25])
    >>> understood.used
    4
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    return _Call("check", table, given).answer(Understanding)


@documented
def fit(
    table=None,
    *,
    by=None,
    path=None,
    overwrite=False,
    exhaustive=False,
    level=None,
    force=False,
    law=None,
    objective=None,
    delta=None,
    quantile=None,
    residuals=None,
    fix=None,
    bound=None,
    prior=None,
    prior_between=None,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Fits a law to a table of runs.

    Parameters
    ----------
    {table}
    {by}
    path : path, optional
        Writes the law file here. An entry or a score is never overwritten.
    overwrite : bool
        Replaces a law file that is there already.
    exhaustive : bool
        Cross-checks a law of N and D with the published 4,500 starts, which takes seconds: a warning
        says so where one of them finds a better fit. :meth:`Law.published_starts` has the numbers.
    level : float
        Level of the parameters' intervals, by default 0.9.
    {force}
    {fitting}
    {reading}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Law, or Series with `by`

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Warns
    -----
    FindingWarning
        For what was found against the fit.

    Notes
    -----
    The default law is L(C) = a*C^b + c (OpenAI, GPT-4 technical report, 2023), by least squares of the
    relative residuals; every basin of the objective is searched.

    Examples
    --------
    >>> import scalewise
    >>> law = scalewise.fit(compute=[1e18, 1e19, 1e20, 1e21, 1e22], loss=[3.1, 2.74, 2.46, 2.25, 2.1])
    >>> law.name, law.trust
    ('saturating', 'trustworthy')
    >>> held = scalewise.fit({"compute": [1e18, 1e20, 1e22], "loss": [3.1, 2.46, 2.1]}, fix={"c": 1.6})
    >>> held.params["c"]
    1.6
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    call = _Call("fit", table, given)
    if path is not None and by is None:
        _refuse_record(path)
    answer = call.answer(Law)
    if by is not None:
        if exhaustive or overwrite:
            raise native.UsageError(
                "exhaustive and overwrite are for one series\n  hint: pick one with where"
            )
        if path is not None:
            answer.save(path)
        return answer
    if exhaustive:
        _compare_starts(answer)
    if path is not None:
        write(os.fspath(path), answer.to_json(), replace=overwrite)
    return answer


@documented
def forecast(
    table=None,
    *,
    at=None,
    reach=None,
    level=None,
    method=None,
    kind=None,
    replicates=None,
    seed=None,
    by=None,
    targets=None,
    verbose=False,
    force=False,
    law=None,
    objective=None,
    delta=None,
    quantile=None,
    residuals=None,
    fix=None,
    bound=None,
    prior=None,
    prior_between=None,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Forecasts the loss of larger runs, with intervals.

    Parameters
    ----------
    {table}
        A law, or the path of a law file, is forecast from as it is.
    {at}
    reach : quantity or list, optional
        Losses: what compute reaches them.
    {levels}
    method : str or list, optional
        Interval methods: ``"calibrated"``, ``"delta"``, ``"profile"``, ``"quadrature"``,
        ``"bootstrap"`` and the like; by default calibrated, delta and profile.
    kind : {"prediction", "confidence"}, optional
        Interval of a new run or of the curve; by default both.
    replicates : int
        Refits of the method bootstrap, by default 1000.
    seed : int
        Seed of the bootstrap, by default 0.
    {by}
    targets : table, optional
        With `by`: a table of targets, with the columns of `by` and one of compute.
    verbose : bool
        Says what the targets come to with the floor held at five values across its interval.
    {force}
    {fitting}
    {reading}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Forecast, or Series with `by`

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Warns
    -----
    FindingWarning
        For what was found against the fit or the forecast.

    Notes
    -----
    The interval to quote is the calibrated one: its width comes from back-tests of real ladders, and
    its record is in ``forecasts[0]["record"]`` (docs/calibration.md).

    Examples
    --------
    >>> import scalewise
    >>> runs = {"compute": [1e18, 1e19, 1e20, 1e21, 1e22], "loss": [3.1, 2.74, 2.46, 2.25, 2.1]}
    >>> forecast = scalewise.forecast(runs, at=[1e23, "100x"], level=0.9)
    >>> len(forecast.points)
    2
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    return _Call("forecast", table, given).answer(Forecast)


@documented
def backtest(
    table=None,
    *,
    level=None,
    method=None,
    by=None,
    min_runs=None,
    force=False,
    law=None,
    objective=None,
    delta=None,
    quantile=None,
    residuals=None,
    fix=None,
    bound=None,
    prior=None,
    prior_between=None,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Forecasts every run from the smaller ones, and scores what would have come out.

    Parameters
    ----------
    {table}
    level : float
        Level of the intervals, by default 0.9.
    method : str
        Interval method, by default ``"calibrated"``.
    {by}
    min_runs : int
        Fewest runs to forecast from.
    {force}
    {fitting}
    {reading}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Backtest, or Series with `by`

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Examples
    --------
    >>> import scalewise
    >>> runs = scalewise.simulate(set={"a": 20, "b": -0.1, "c": 1.5}, runs=9, noise=0.002, seed=1)
    >>> scalewise.backtest(runs).total["coverage"] > 0.7
    True
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    return _Call("backtest", table, given).answer(Backtest)


@documented
def compare(
    table=None,
    *,
    laws=None,
    by=None,
    force=False,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Ranks laws by how well they forecast the larger runs from the smaller ones.

    Parameters
    ----------
    {table}
    laws : str or list, optional
        Names of the laws to compare, by default every law of compute.
    {by}
    {force}
    {reading}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Comparison, or Series with `by`

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Examples
    --------
    >>> import scalewise
    >>> runs = scalewise.simulate(set={"a": 20, "b": -0.1, "c": 1.5}, runs=9)
    >>> scalewise.compare(runs, laws=["power", "saturating"]).ranked[0]["name"]
    'saturating'
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    return _Call("compare", table, given).answer(Comparison)


@documented
def curve(
    table=None,
    *,
    end=None,
    end_col=None,
    by=None,
    trunk_col=None,
    schedule=None,
    rates=None,
    prior=None,
    skip_until=None,
    law=None,
    level=None,
    force=False,
    where=None,
    exclude=None,
    x=None,
    step_col=None,
    tokens_col=None,
    loss_col=None,
    lr_col=None,
    decimal=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Forecasts the loss at the end of a training run from its log so far and its learning rate.

    Parameters
    ----------
    table : table, optional
        The log of the run: its loss, and perhaps its learning rate, step by step.
    end : quantity, optional
        The step that the run will end at, or the tokens with ``x="tokens"``.
    end_col : str, optional
        Column of that step, in place of `end`.
    by : str or list, optional
        Columns that tell several runs apart: the answer has all of them at their ends.
    trunk_col : str, optional
        Column of the run that a run branches off from, as in a WSD run. Branches of one trunk have
        a larger `sigma`, because their errors are not independent.
    schedule : str, optional
        Schedule of the learning rate, such as ``"cosine:peak=3e-4,end=10%,warmup=2000"``. Rates that
        the log has come before it.
    rates : table, optional
        Learning rates by step in place of a schedule.
    prior : Recipe or path, optional
        What complete runs of the recipe taught: what :func:`curve_fit` gives, or its file.
    skip_until : float, optional
        Leaves out the points at and before this step.
    law : str or list, optional
        ``"multi-power"``, ``"annealing"``, ``"functional"``, ``"power-in-sum"`` or
        ``"power-in-steps"``; by default those that suit the schedule.
    level : float or list
        Levels of the intervals, by default 0.8 and 0.9.
    {force}
    where, exclude : str or list, optional
        Conditions on rows, for example ``"run = 'a'"``.
    x : {"step", "tokens"}, optional
        What the run counts.
    step_col, tokens_col, loss_col, lr_col : str, optional
        Names of columns where the usual ones do not fit.
    decimal : {",", "."}, optional
        Decimal sign of the numbers.
    {files}
    {progress}
    {columns}

    Returns
    -------
    RunEnd, or RunEnds with `by`

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Warns
    -----
    FindingWarning
        For what was found against the forecast.

    Examples
    --------
    >>> import scalewise
    >>> steps = [50 * k for k in range(1, 101)]
    >>> losses = [2 + 30 / t**0.5 for t in steps]
    >>> answer = scalewise.curve(step=steps, loss=losses, end=10_000, schedule="constant")
    >>> round(answer.point, 2)
    2.3
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    return _Call("curve", table, given).answer(RunEnd if by is None else RunEnds)


@documented
def curve_fit(
    *logs,
    by=None,
    schedule=None,
    rates=None,
    path=None,
    overwrite=False,
    where=None,
    exclude=None,
    x=None,
    step_col=None,
    tokens_col=None,
    loss_col=None,
    lr_col=None,
    decimal=None,
    run_from=None,
    log_line=None,
    progress=None,
):
    """Learns from complete runs of one recipe what its later runs do.

    Parameters
    ----------
    *logs : table
        Logs of complete runs, one run each, or several told apart by `by`.
    by : str or list, optional
        Columns that tell the runs of a log apart.
    schedule : str, optional
        Schedule of the learning rate of all runs, where the logs have no rates.
    rates : table, optional
        Learning rates by step in place of a schedule.
    path : path, optional
        Writes the recipe here.
    overwrite : bool
        Overwrites the recipe.
    where, exclude : str or list, optional
        Conditions on rows.
    x : {"step", "tokens"}, optional
        What the runs count.
    step_col, tokens_col, loss_col, lr_col : str, optional
        Names of columns where the usual ones do not fit.
    decimal : {",", "."}, optional
        Decimal sign of the numbers.
    {files}
    {progress}

    Returns
    -------
    Recipe

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Warns
    -----
    FindingWarning
        For what was found against the recipe.

    Examples
    --------
    >>> import scalewise
    >>> steps = [50 * k for k in range(1, 101)]
    >>> log = {"step": steps, "loss": [2 + 30 / t**0.5 for t in steps]}
    >>> recipe = scalewise.curve_fit(log, schedule="constant")
    >>> answer = scalewise.curve_forecast(recipe, end=10_000, schedule="constant")
    >>> round(answer.points[0], 1)
    2.3
    """
    if not logs:
        raise TypeError("curve_fit() needs logs: paths, frames, or dicts of columns")
    given = {name: value for name, value in locals().items() if name != "logs"}
    call = _Call("curve_fit", logs[0], given)
    others = [as_table(log, run_from, log_line) for log in logs[1:]]
    with listener(progress) as heard:
        made = Recipe(native.ask("curve_fit", call.table, call.keywords, heard, others))
    warn_of(made)
    if path is not None:
        keep(os.fspath(path))
        write(os.fspath(path), made.to_json(), replace=overwrite)
    return made


@documented
def curve_forecast(recipe, *, end, schedule, level=None):
    """Forecasts the end of a run of a recipe with a schedule that was not yet run.

    Parameters
    ----------
    recipe : Recipe or path
        What :func:`curve_fit` gives, or its file.
    end : quantity
        The step that the run will end at.
    schedule : str
        Schedule of the learning rate, such as ``"wsd:peak=3e-4,decay=20%,warmup=2000"``.
    level : float or list
        Levels of the intervals, by default 0.8 and 0.9.

    Returns
    -------
    Schedules

    Raises
    ------
    UsageError, DataError, FileError
        With what is wrong, where, and the keyword that helps.

    Warns
    -----
    FindingWarning
        For what was found against the forecast.

    Examples
    --------
    >>> import scalewise
    >>> steps = [50 * k for k in range(1, 101)]
    >>> log = {"step": steps, "loss": [2 + 30 / t**0.5 for t in steps]}
    >>> recipe = scalewise.curve_fit(log, schedule="constant")
    >>> round(scalewise.curve_forecast(recipe, end=10_000, schedule="constant").points[0], 1)
    2.3
    """
    return _schedules("curve_forecast", recipe, end, schedule, level)


@documented
def curve_compare(recipe, *, end, schedule, level=None):
    """Compares schedules for one recipe, and says when to begin a decay.

    Parameters
    ----------
    recipe : Recipe or path
        What :func:`curve_fit` gives, or its file.
    end : quantity
        The step that the runs will end at.
    schedule : list
        Schedules of the learning rate; differences are to the first.
    level : float or list
        Levels of the intervals, by default 0.8 and 0.9.

    Returns
    -------
    Schedules

    Raises
    ------
    UsageError, DataError, FileError
        With what is wrong, where, and the keyword that helps.

    Warns
    -----
    FindingWarning
        For what was found against the comparison.

    Examples
    --------
    >>> import scalewise
    >>> steps = [50 * k for k in range(1, 101)]
    >>> log = {"step": steps, "loss": [2 + 30 / t**0.5 for t in steps]}
    >>> recipe = scalewise.curve_fit(log, schedule="constant")
    >>> asked = ["constant", "constant:warmup=10%"]
    >>> len(scalewise.curve_compare(recipe, end=10_000, schedule=asked).points)
    2
    """
    return _schedules("curve_compare", recipe, end, schedule, level)


def _schedules(verb, recipe, end, schedule, level):
    keywords = {"recipe": _recipe(recipe), "end": end, "schedule": schedule}
    if level is not None:
        keywords["level"] = level
    made = Schedules(native.ask(verb, None, keywords, None, []))
    warn_of(made)
    return made


@documented
def plan(
    table=None,
    *,
    at,
    budget,
    candidates=None,
    grid=None,
    cost=None,
    no_seeds=False,
    design=None,
    batch=None,
    most=None,
    width=None,
    expect=None,
    noise=None,
    level=None,
    draws=None,
    seed=None,
    force=False,
    law=None,
    objective=None,
    delta=None,
    quantile=None,
    residuals=None,
    fix=None,
    bound=None,
    prior=None,
    prior_between=None,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Says which run to train next, what each is expected to do for the forecast, and when to stop.

    Parameters
    ----------
    table : table or Law, optional
        The runs that exist, or their law. Without it a ladder is designed from `prior`.
    at : quantity, str, dict or list
        Where the forecast is wanted: a compute, ``"100x"``, or for a law of several columns points
        and regions such as ``"N=7B,D=1T..4Tx3"``.
    budget : quantity
        What all runs together may cost.
    candidates : table, optional
        Runs that could be trained, with the columns of the law and one of costs.
    grid : str or list, optional
        Grids of such runs, for example ``"C=1e18..1e21x8"``.
    cost : str, optional
        A column of the candidates or a formula such as ``"6*N*D"``: what a run costs.
    no_seeds : bool
        Trains no other seeds of the runs that exist.
    design : str, optional
        ``"ours"``, the default, ``"d"``, ``"v"``, ``"cheapest"`` or ``"random"``.
    batch : int, optional
        How many runs are trained before the next plan, by default 1.
    most : int, optional
        The most runs of the sequence, by default 8.
    width : float, optional
        A relative half-width that is enough.
    expect : tuple, optional
        Without runs: a compute and the loss that is expected there.
    noise : float, optional
        Without runs: relative standard deviation of the loss of a run.
    level : float
        Level of the interval, by default 0.9.
    draws, seed : int
        Outcomes that are drawn for each run, by default 48, and their seed.
    {force}
    {fitting}
    {reading}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Plan

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Warns
    -----
    FindingWarning
        For what was found against the law.

    Examples
    --------
    >>> import scalewise
    >>> runs = scalewise.simulate(set={"a": 200, "b": -0.1, "c": 1.6}, noise=0.003, seed=1)
    >>> answer = scalewise.plan(runs, at=1e24, budget=1e22, grid="C=1e20..1e22x3", draws=16)
    >>> answer.to_dict()["method"]
    'calibrated'
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    return _Call("plan", table, given).answer(Plan)


@documented
def versus(
    *tables,
    by=None,
    base=None,
    pair_col=None,
    unpaired=False,
    at=None,
    params=None,
    tokens=None,
    flops=None,
    level=None,
    method=None,
    seed_sd=None,
    law_from=None,
    power=False,
    replicates=None,
    seed=None,
    force=False,
    law=None,
    objective=None,
    delta=None,
    quantile=None,
    residuals=None,
    fix=None,
    bound=None,
    prior=None,
    prior_between=None,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    run_from=None,
    log_line=None,
    progress=None,
):
    """Says whether one recipe is better than another, by how much compute, and whether it lasts.

    Parameters
    ----------
    *tables : table
        The runs of each recipe, the base first; or one dict from the names of recipes to their
        tables; or, with `by`, one table of all.
    by : str or list, optional
        Columns that tell the recipes of one table apart.
    base : str, optional
        The recipe that the others are compared with, by default the first.
    pair_col : str, optional
        Column of the seeds: runs of one compute and seed in two recipes are paired.
    unpaired : bool
        Pairs no runs.
    at : quantity or list, optional
        Compute to compare at, beside the largest that all recipes have runs at: FLOP, or ``"10x"``
        for 10 times that one. Of the law ``chinchilla`` these lie on the compute-optimal paths.
    params, tokens : quantity or list, optional
        Parameters and tokens at which to compare the tokens that either recipe needs, for the law
        ``chinchilla``; without `tokens`, the most that all recipes have runs with.
    flops : str, optional
        FLOP of a run for that law: ``"6nd"``, the default, or ``"k"`` (k*N*D, fitted to the compute
        of the runs of each recipe).
    level : float or list
        Levels of the intervals, by default 0.8 and 0.9.
    method : str or list, optional
        ``"profile"``, ``"delta"`` and ``"bootstrap"``; the first that gives an interval decides.
    seed_sd : float, optional
        Standard deviation of the loss over seeds, in units of the loss.
    law_from : Law or path, optional
        Holds the exponent and the floor of an earlier law, without error.
    power : bool
        Says what these runs could have shown, and how many seeds or rungs would show less.
    replicates, seed : int
        Refits of the method bootstrap, by default 1000, and their seed.
    {force}
    {fitting}
    {reading}
    {files}
    {progress}

    Returns
    -------
    Versus

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Warns
    -----
    FindingWarning
        For what was found against the comparison.

    Notes
    -----
    The compute multiplier m solves L_base(m*C) = L_recipe(C): the base needs m times the compute.

    Examples
    --------
    >>> import scalewise
    >>> def runs(a, seed):
    ...     return scalewise.simulate(set={"a": a, "b": -0.1, "c": 1.5}, noise=0.002, seed=seed)
    >>> answer = scalewise.versus({"old": runs(20, 1), "new": runs(19, 2)}, at=1e23)
    >>> answer.base
    'old'
    """
    given = {name: value for name, value in locals().items() if name != "tables"}
    named = _recipes(tables)
    call = _Call("versus", named[0][1], given)
    files = (run_from, log_line)
    if by is not None and len(named) != 1:
        # The recipes of one table stand in a column, whatever files it comes in.
        call.table = as_table([os.fspath(table) for _, table in named], *files)
        named = named[:1]
    elif named[0][0] is not None:
        call.table = call.table.named(named[0][0])
    others = [as_table(table, *files).named(name or "") for name, table in named[1:]]
    with listener(progress) as heard:
        answer = Versus(native.ask("versus", call.table, call.keywords, heard, others))
    warn_of(answer)
    return answer


def _recipes(tables):
    """Recipes with their names, if they are not the paths of files."""
    if not tables:
        raise TypeError("versus() needs tables: paths, frames, or a dict from names to them")
    only = tables[0]
    if len(tables) == 1 and isinstance(only, Mapping) and not isinstance(only, Columns):
        if only and not any(
            isinstance(one, (list, tuple)) or _is_column(one) for one in only.values()
        ):
            return [(str(name), table) for name, table in only.items()]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    path = (str, os.PathLike)
    if len(tables) > len(letters):
        raise native.UsageError(
            "there are too many tables without names\n  hint: give a dict from names to tables"
        )
    return [(None if isinstance(one, path) else letters[k], one) for k, one in enumerate(tables)]


def _is_column(one):
    """Whether this is a column and not a table."""
    return getattr(one, "ndim", None) == 1 or type(one).__name__ in (
        "Series",
        "ChunkedArray",
        "Array",
    )


@documented
def capability(
    table=None,
    *,
    at=None,
    pass_at=None,
    by=None,
    law=None,
    level=None,
    rule=None,
    estimator=None,
    buckets=None,
    hardest=None,
    chance=None,
    seed=None,
    model_col=None,
    problem_col=None,
    samples_col=None,
    passes_col=None,
    pass_rate_col=None,
    stderr_col=None,
    chance_col=None,
    task_loss_col=None,
    force=False,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Forecasts how often a larger model solves problems, or says why that cannot be done.

    Parameters
    ----------
    table : table
        Pass counts (model, compute, problem, n_samples, n_correct), samples (model, compute, problem,
        passed) or scores (params, tokens, accuracy).
    {at}
        Scores also take parameters and tokens: ``"13B:5T"``, a pair such as ``(13e9, 5e12)``, or a
        list of them.
    pass_at : int or list, optional
        Also gives pass@k for these k, at the fitted models and the targets.
    by : str or list, optional
        Answers for each value of these columns. The scores of a suite of tasks are one answer, with
        their average.
    law : str or list, optional
        Laws of a table of scores, by default the mean of those that the table allows:
        ``"compute"``, ``"size"`` or ``"two-step"``.
    {levels}
    {rules}
    {counts}
    {force}
    {rows}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Scores for a table of scores; otherwise Capability, or Series with `by`

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Examples
    --------
    >>> import scalewise
    >>> scores = {"compute": [1e20, 1e21, 1e22, 1e23, 1e24], "accuracy": [0.31, 0.36, 0.42, 0.49, 0.56]}
    >>> made = scalewise.capability(scores, at="10x", chance=0.25)
    >>> round(made.point, 2)
    0.63
    >>> made.interval(0.9).lower < made.point < made.interval(0.9).upper
    True
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    return _Call("capability", table, given).answer(Capability)


@documented
def allocate(
    table=None,
    *,
    compute=None,
    params=None,
    tokens=None,
    ratio=None,
    unique=None,
    sizes=None,
    flops=None,
    n_inference=None,
    price=None,
    level=None,
    joint=False,
    method=None,
    resample=None,
    replicates=None,
    seed=None,
    by=None,
    force=False,
    law=None,
    objective=None,
    delta=None,
    quantile=None,
    residuals=None,
    fix=None,
    bound=None,
    prior=None,
    prior_between=None,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Says what to train with a budget: N, D and the loss, with intervals.

    Parameters
    ----------
    {table}
        A law of N and D, or the path of its law file, is used as it is.
    compute : quantity or list, optional
        Budgets in FLOP: quantities, or ``"100x"`` for 100 times the largest fitted run.
    params, tokens, ratio : quantity or list, optional
        Asks for the budget at which so many parameters, tokens, or tokens per parameter are optimal.
    unique : quantity or list, optional
        Caps on the unique tokens, for the laws ``data-constrained`` and ``bounded-repeat``.
    sizes : quantity or list, optional
        Sizes whose loss, inference and money are told at every budget.
    flops : str
        FLOP of a run: ``"6nd"``, ``"k"``, ``"column"`` or a formula of N and D.
    n_inference : quantity, optional
        Counts inference on this many tokens too (2N FLOP each).
    price : float, optional
        Price of an hour of 1 PFLOP/s (3.6e18 FLOP).
    level : float
        Level of the intervals, by default 0.9.
    joint : bool
        Makes the intervals of a budget hold all at once.
    method : str or list, optional
        Interval methods, by default all.
    resample : {"cases", "clusters", "residuals"}
        What the bootstrap draws.
    replicates, seed : int
        Refits of the bootstrap, by default 1000, and their seed.
    {by}
    {force}
    {fitting}
    {reading}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Allocation, Optimum for a law that is a formula, or Series with `by`

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Notes
    -----
    Approach 3 of Hoffmann et al. 2022 (arXiv 2203.15556), with the corrections of Besiroglu et al. 2024
    (arXiv 2404.10102).

    Examples
    --------
    >>> import scalewise
    >>> sizes, tokens = [5e7, 1e8, 2e8, 4e8], [1e9, 2e9, 4e9, 8e9]
    >>> rows = [
    ...     {"params": n, "tokens": d, "loss": 1.7 + 480 / n**0.35 + 2100 / d**0.37 + 0.002 * (k % 3)}
    ...     for k, (n, d) in enumerate((n, d) for n in sizes for d in tokens)
    ... ]
    >>> best = scalewise.allocate(rows, compute="10x", replicates=50)
    >>> best.law.inputs
    ('params', 'tokens')
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    return _Call("allocate", table, given).answer(Allocation)


@documented
def optimum(
    table=None,
    *,
    free=None,
    at=None,
    cost=None,
    budget=None,
    by=None,
    then=None,
    level=None,
    force=False,
    law=None,
    objective=None,
    delta=None,
    quantile=None,
    residuals=None,
    fix=None,
    bound=None,
    prior=None,
    prior_between=None,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Says where a law of any columns is lowest.

    Parameters
    ----------
    {table}
    free : str or list, optional
        Columns to search, such as ``["lr", "bsz"]``; those of the cost where none is named.
    at : dict or list, optional
        Values of the other columns, such as ``{"N": 1e9, "D": 2e10}``.
    cost : str, optional
        What a run costs, as a formula of columns such as ``"6*N*D"``.
    budget : quantity or list, optional
        What a run may cost.
    by : str or list, optional
        The optimum of each cell: of the runs with the same values of these columns.
    then : str or list, optional
        Laws of the optima of the cells over the columns of `by`, such as
        ``"lr = k*params^a*tokens^b"``, which are asked at the points of `at`.
    level : float
        Level of the intervals, by default 0.9.
    {force}
    {fitting}
    {reading}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Optimum

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Examples
    --------
    >>> import scalewise
    >>> from math import log
    >>> rows = [
    ...     {"lr": lr, "loss": 2 + 0.1 * log(lr / 2e-3) ** 2 + wobble}
    ...     for lr, wobble in zip([1e-4, 3e-4, 1e-3, 3e-3, 1e-2], [1e-3, -1e-3, 5e-4, 1e-3, -5e-4])
    ... ]
    >>> best = scalewise.optimum(rows, law="L(lr) = c + k*(ln(lr) - m)^2", free="lr")
    >>> round(best.values["lr"], 3)
    0.002
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    return _Call("optimum", table, given).answer(Optimum)


@documented
def isoflop(
    table=None,
    *,
    compute=None,
    flops=None,
    tolerance=None,
    level=None,
    by=None,
    force=False,
    law=None,
    objective=None,
    delta=None,
    quantile=None,
    residuals=None,
    fix=None,
    bound=None,
    prior=None,
    prior_between=None,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Sets the approaches to compute-optimal training side by side.

    Parameters
    ----------
    {table}
    compute : quantity or list, optional
        Budgets to answer for, in FLOP or as multiples of the largest run's compute.
    flops : str, optional
        FLOP of a run, as for :func:`allocate`.
    tolerance : float
        Runs whose compute agrees within this fraction share a budget.
    level : float
        Level of the intervals, by default 0.9.
    {by}
    {force}
    {fitting}
    {reading}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Isoflop, or Series with `by`

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Examples
    --------
    >>> import scalewise
    >>> rows = [
    ...     {"params": n, "tokens": c / (6 * n), "loss": 1.7 + 480 / n**0.35 + 2100 / (c / (6 * n)) ** 0.37}
    ...     for c, middle in ((1e18, 1e8), (1e19, 3e8), (1e20, 1e9))
    ...     for n in [middle * 2.0**k for k in range(-3, 4)]
    ... ]
    >>> scalewise.isoflop(rows).trust
    'trustworthy'
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    return _Call("isoflop", table, given).answer(Isoflop)


@documented
def report(
    table=None,
    *,
    at=None,
    by=None,
    kind=None,
    level=None,
    path=None,
    flops=None,
    force=False,
    law=None,
    objective=None,
    delta=None,
    quantile=None,
    residuals=None,
    fix=None,
    bound=None,
    prior=None,
    prior_between=None,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    model_col=None,
    problem_col=None,
    samples_col=None,
    passes_col=None,
    pass_rate_col=None,
    stderr_col=None,
    chance_col=None,
    task_loss_col=None,
    rule=None,
    estimator=None,
    buckets=None,
    hardest=None,
    chance=None,
    seed=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Writes one page that says what the large run will reach and how far to trust that.

    Parameters
    ----------
    {table}
        Pass counts, a law, and the path of a law file or of a registered entry have a page too.
    {at}
    {by}
    kind : str, optional
        What the data is, by default from the columns and the law.
    {levels}
    flops : str, optional
        FLOP of a run, for laws of N and D, as for :func:`allocate`.
    path : path, optional
        Writes the page here: ``.html``, ``.md``, ``.json`` or ``.txt``.
    {force}
    {fitting}
    {reading}
    {counts}
    {rules}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Report

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Examples
    --------
    >>> import scalewise
    >>> runs = {"compute": [1e18, 1e19, 1e20, 1e21, 1e22], "loss": [3.1, 2.74, 2.46, 2.25, 2.1]}
    >>> scalewise.report(runs, at="10x").to_html().startswith("<!doctype html>")
    True
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    call = _Call("report", table, given)
    call.keywords["command"] = f"scalewise.report({call.name}"
    page = Report(call.ask())
    if path is not None:
        page.save(path)
    return page


@documented
def plot(
    table=None,
    *,
    at=None,
    view=None,
    laws=None,
    by=None,
    level=None,
    method=None,
    path=None,
    theme=None,
    size=None,
    dpi=None,
    title=None,
    no_title=False,
    xlim=None,
    ylim=None,
    force=False,
    law=None,
    objective=None,
    delta=None,
    quantile=None,
    residuals=None,
    fix=None,
    bound=None,
    prior=None,
    prior_between=None,
    fit_below=None,
    where=None,
    exclude=None,
    compute_col=None,
    params_col=None,
    tokens_col=None,
    decimal=None,
    join=None,
    join_on=None,
    prefer=None,
    let=None,
    unique_col=None,
    budget_col=None,
    over=None,
    curve=None,
    hold=None,
    lr_decay_ahead=False,
    loss_col=None,
    loss_unit=None,
    loss_in=None,
    bytes_per_token=None,
    words_per_token=None,
    sigma_col=None,
    group_col=None,
    wide=False,
    step_col=None,
    reduce=None,
    run_from=None,
    log_line=None,
    progress=None,
    **columns,
):
    """Draws the law, the runs and a forecast.

    Parameters
    ----------
    {table}
        A law, or the path of a law file, is drawn as it is.
    {at}
    view : {"loss", "reducible", "both", "together"}
        What to draw; ``"together"`` draws the series of ``by`` in one chart.
    laws : str or list, optional
        Draws these laws through the same runs.
    {by}
    level : float
        Level of the band and of the forecast's interval, by default 0.9.
    method : str
        Method of both, by default ``"calibrated"``.
    path : path, optional
        Writes the chart here: ``.svg``, ``.png``, ``.pdf`` or ``.vl.json``.
    theme : {"light", "dark", "paper-column", "paper-page", "slide"}
        What the file is for.
    size : (int, int), optional
        Width and height of the file in CSS pixels.
    dpi : int, optional
        Dots an inch of a PNG.
    title : str, optional
        Headline in place of the picture's own.
    no_title : bool
        Draw no headline, for a paper that has a caption.
    xlim, ylim : (float, float), optional
        Ends of the horizontal and of the vertical axis.
    {force}
    {fitting}
    {reading}
    {files}
    {progress}
    {columns}

    Returns
    -------
    Chart

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Examples
    --------
    >>> import scalewise
    >>> runs = {"compute": [1e18, 1e19, 1e20, 1e21, 1e22], "loss": [3.1, 2.74, 2.46, 2.25, 2.1]}
    >>> scalewise.plot(runs, at="10x").svg().startswith("<svg")
    True
    """
    given = {name: value for name, value in locals().items() if name != "table"}
    call = _Call("plot", table, given)
    chart = Chart(call.ask().chart())
    chart = chart.framed(title=title, no_title=no_title, xlim=xlim, ylim=ylim)
    if path is not None:
        look = {"theme": theme, "size": size, "dpi": dpi}
        chart.save(path, **{name: value for name, value in look.items() if value is not None})
    return chart


@documented
def show(law):
    """Reads a law file, without fitting again.

    Parameters
    ----------
    law : path
        The file that :func:`fit` or the command line wrote.

    Returns
    -------
    Law

    Raises
    ------
    DataError
        When it is no law file, or its numbers do not belong to its runs.

    Examples
    --------
    >>> import os, scalewise, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "law.json")
    >>> runs = {"compute": [1e18, 1e19, 1e20, 1e21, 1e22], "loss": [3.1, 2.74, 2.46, 2.25, 2.1]}
    >>> law = scalewise.fit(runs, path=path)
    >>> scalewise.show(path) == law
    True
    """
    name = os.fspath(law)
    made = Law._made(native.Law.read(native.document(name), name))
    warn_of(made)
    return made


@documented
def register(
    table=None,
    *,
    question="forecast",
    path=None,
    outcome=None,
    registered_at=None,
    run_from=None,
    log_line=None,
    progress=None,
    **keywords,
):
    """Fixes a forecast in advance: what is predicted, from what, how, and its digest.

    Parameters
    ----------
    {table}
    question : {"forecast", "capability", "allocate", "curve", "external"}
        The verb whose answer is registered, or a forecast that others published. This has no table,
        and `who`, `source`, `published`, `at`, `point` and perhaps `note`.
    path : path, optional
        Writes the entry here; a file that is there already is never replaced.
    outcome : str, optional
        What will count as the outcome; by default it follows from the question.
    registered_at : datetime or str, optional
        Time of the registration in UTC, by default now.
    {files}
    {progress}
    **keywords
        Those of the verb that is registered, such as `at`, `compute` for ``"allocate"``, or `end`
        for ``"curve"``.

    Returns
    -------
    Entry

    Raises
    ------
    UsageError, DataError, NoFitError, FileError
        With what is wrong, where, and the keyword that helps.

    Examples
    --------
    >>> import scalewise
    >>> runs = {"compute": [1e18, 1e19, 1e20, 1e21, 1e22], "loss": [3.1, 2.74, 2.46, 2.25, 2.1]}
    >>> entry = scalewise.register(runs, at="100x", registered_at="2026-03-01T12:00:00Z")
    >>> entry.digest.startswith("sha256:")
    True
    """
    if isinstance(table, Law):
        raise native.UsageError(
            "a law does not hold its rows as they are written\n  hint: register the table of runs instead"
        )
    given = {
        **keywords,
        "question": question,
        "outcome": outcome,
        "registered_at": _time(registered_at),
        "run_from": run_from,
        "log_line": log_line,
        "progress": progress,
    }
    entry = Entry(_Call("register", table, given).ask())
    if path is not None:
        write(os.fspath(path), entry.to_json(), replace=False)
        entry.path = os.fspath(path)
    return entry


@documented
def verify(entry, table=None, *, run_from=None, log_line=None, progress=None):
    """Says whether an entry, its data and its forecast are what was registered.

    Parameters
    ----------
    entry : path or Entry
        The registered entry.
    table : table, optional
        The table that was registered, to check its rows and to forecast again.
    {files}
    {progress}

    Returns
    -------
    Verification

    Raises
    ------
    DataError
        When the entry has been changed, or does not belong to the table.

    Examples
    --------
    >>> import os, scalewise, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "entry.json")
    >>> runs = {"compute": [1e18, 1e19, 1e20, 1e21, 1e22], "loss": [3.1, 2.74, 2.46, 2.25, 2.1]}
    >>> entry = scalewise.register(runs, at="100x", path=path)
    >>> scalewise.verify(entry, runs).trust
    'trustworthy'
    """
    read = None if table is None else as_table(table, run_from, log_line)
    with listener(progress) as heard:
        return Verification(native.ask("verify", read, {"entry": _entry(entry)}, heard))


def _entry(entry):
    """The path of an entry."""
    path = entry.path if isinstance(entry, Entry) else os.fspath(entry)
    if path is None:
        raise native.UsageError(
            "this entry is in no file\n  hint: give register a path, or save it first"
        )
    return path


@documented
def score(entry, actual, *, trained_after=None, scored_at=None, path=None):
    """Scores a registered forecast against what came true.

    Parameters
    ----------
    entry : path or Entry
        The registered entry.
    actual : number or dict
        What came true; a dict from the names of the predictions where the entry has several.
    trained_after : datetime or str, optional
        The training that gave the outcome ended after this time, in UTC.
    scored_at : datetime or str, optional
        Time of the score in UTC, by default now.
    path : path, optional
        Writes the score here; a file that is there already is never replaced. A ledger finds it
        beside the entry as ``ENTRY.score.json``.

    Returns
    -------
    Score

    Raises
    ------
    UsageError, DataError, FileError
        With what is wrong, where, and the keyword that helps.

    Examples
    --------
    >>> import os, scalewise, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "entry.json")
    >>> runs = {"compute": [1e18, 1e19, 1e20, 1e21, 1e22], "loss": [3.1, 2.74, 2.46, 2.25, 2.1]}
    >>> entry = scalewise.register(runs, at="100x", path=path)
    >>> len(scalewise.score(entry, 1.9).scores)
    1
    """
    keywords = {"entry": _entry(entry), "actual": actual, "scored_at": _time(scored_at)}
    if trained_after is not None:
        keywords["trained_after"] = _time(trained_after)
    made = Score(native.ask("score", None, keywords))
    if path is not None:
        write(os.fspath(path), made.to_json(), replace=False)
        made.path = os.fspath(path)
    return made


@documented
def ledger(folder):
    """Shows all entries of a folder and how often their intervals held.

    Parameters
    ----------
    folder : path
        Entries and scores: every file in it that ends in ``.json``.

    Returns
    -------
    Ledger

    Raises
    ------
    FileError
        When the folder cannot be read.

    Examples
    --------
    >>> import scalewise, tempfile
    >>> scalewise.ledger(tempfile.mkdtemp()).entries
    0
    """
    return Ledger(native.ask("ledger", None, {"folder": os.fspath(folder)}))


@documented
def laws(name=None):
    """Lists the laws that can be fitted, with their formulas and parameters.

    Parameters
    ----------
    name : str, optional
        Explain this law alone: its columns, its source and the range of each parameter.

    Returns
    -------
    Laws

    Raises
    ------
    UsageError
        When there is no law of this name.

    Examples
    --------
    >>> import scalewise
    >>> "chinchilla" in [law["name"] for law in scalewise.laws()]
    True
    """
    return Laws(native.ask("laws", None, {} if name is None else {"name": name}))


@documented
def simulate(
    law="saturating",
    *,
    set,
    plus=None,
    compute=(1e18, 1e22),
    runs=8,
    at=None,
    noise=0.0,
    seed=0,
    path=None,
):
    """Makes a table of runs whose law is known.

    Parameters
    ----------
    law : str
        The law; :func:`laws` lists them.
    set : dict
        Its parameters.
    plus : dict, optional
        Laws whose values are added, each with its parameters: ``{"power": {"a": 0.3, "b": -0.05}}``.
    compute : (quantity, quantity)
        Range of compute in FLOP, evenly covered in its logarithm.
    runs : int
        Number of runs in that range.
    at : quantity or list, optional
        More runs at these values, such as the large one that is to be forecast.
    noise : float
        Relative standard deviation of the loss.
    seed : int
        Seed of the noise.
    path : path, optional
        Writes the table here as CSV.

    Returns
    -------
    Columns
        ``compute`` and ``loss``: a table that every verb and every library of frames reads.

    Raises
    ------
    UsageError
        When there is no such law, or a parameter is missing.

    Examples
    --------
    >>> import scalewise
    >>> runs = scalewise.simulate(set={"a": 20, "b": -0.1, "c": 1.5}, runs=6, at=1e24)
    >>> len(runs["compute"])
    7
    """
    keywords = {
        "law": law,
        "set": set,
        "compute": compute,
        "runs": runs,
        "noise": noise,
        "seed": seed,
    }
    keywords |= {
        name: value for name, value in {"plus": plus, "at": at}.items() if value is not None
    }
    table = Columns(native.ask("simulate", None, keywords))
    if path is not None:
        keep(os.fspath(path))
        write(os.fspath(path), table.to_csv(), replace=True)
    return table


def _compare_starts(law):
    """Warns where a published start finds a better fit than the search."""
    found = law.published_starts()
    ours = law.to_dict()["fit"]["objective"]
    if found["objective"] < ours * (1 - 1e-9):
        warnings.warn(
            f"a published start reaches the objective {found['objective']:.10e}, and the fit has {ours:.10e}",
            UserWarning,
            stacklevel=3,
        )


def _refuse_record(path):
    """Refuses to overwrite an entry or a score; a law file is overwritten if the caller says so."""
    try:
        with open(path, "rb") as file:
            opening = file.read(4096)
    except OSError:
        return
    if b'"scalewise.registered"' in opening or b'"scalewise.score"' in opening:
        raise native.FileError(
            f"{os.fspath(path)}: it is a registered entry or a score, and is never overwritten\n  hint: name another file"
        )
