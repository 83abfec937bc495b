"""Documentation that many verbs share, written once and inserted in each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_F = TypeVar("_F", bound=Callable[..., object])

_SHARED = {
    "table": """\
table : table
    A path or a list of paths (files, folders, patterns), a frame of pandas, polars or pyarrow,
    anything with ``__arrow_c_stream__``, a dict of columns, or a list of dicts. Line 2 in a message
    about a table in memory is its first row.""",
    "columns": """\
**columns : array
    Instead of a table: its columns, each one-dimensional and of one length, with the names that a
    file would have, such as ``compute=`` in FLOP and ``loss=``.""",
    "at": """\
at : quantity or list, optional
    Compute to forecast at: FLOP as numbers or quantities such as ``"3.1 PF-day"``, or ``"100x"``
    for 100 times the largest fitted run. For a law of several columns points, such as
    ``{"N": 1e9, "S": 8}`` or ``"N=1e9,S=8"``.""",
    "by": """\
by : str or list, optional
    Answers for each value of these columns, on all cores.""",
    "levels": """\
level : float or list
    Levels of the intervals, by default 0.8 and 0.9; calibrated ones exist from 0.5 to 0.99.""",
    "force": """\
force : bool
    Goes on even where a finding forbids it.""",
    "progress": """\
progress : bool or callable, optional
    True shows a bar of tqdm; a function is called with the steps done and those expected.""",
    "files": """\
run_from, log_line : str, optional
    How several files become one table: what names the run of a file, and the lines of text logs.""",
    "fitting": """\
law : str, optional
    Name of the law; :func:`laws` lists them. Or its formula, such as
    ``"L(N, S) = c + a*N^b/(1 + S)"``, whose left side names the columns.
objective : {"squared", "huber", "lad", "quantile"}, optional
    What to minimise, by default squared.
delta, quantile : float, optional
    Threshold of the Huber loss in units of the residuals; share of the runs below the curve.
residuals : {"relative", "absolute", "log"}, optional
    Scale of the residuals.
fix : dict, optional
    Holds parameters: ``{"c": 1.7}``.
bound : dict, optional
    Keeps parameters between two ends, of which None is no limit: ``{"b": (-1, 0)}``.
prior : dict, Law, path or list of them, optional
    What is known beforehand: ``{"c": (1.6, 0.1)}`` is a mean and one standard deviation, a law is
    that of an earlier ladder, and ``{"b": "language"}`` is from published exponents.
prior_between : dict, optional
    How much recipes differ where a prior is an earlier ladder: ``{"b": 0.23, "c": 0.105}``.""",
    "rows": """\
fit_below : quantity, optional
    Fits what has less compute than this; the rest is what really happened.
where, exclude : str or list, optional
    Uses only rows that meet these conditions, such as ``"is_train = 1 and lr < 1e-3"``, and none
    that meet those.
compute_col, params_col, tokens_col : str, optional
    Columns of the compute (FLOP), N and D, where they do not have their usual names.
let : dict, optional
    Adds columns: ``{"compute": "6*n_params*tokens"}``.
join, join_on, prefer : table, str, str, optional
    A table whose columns are added to the rows of the same run, the columns that tell runs apart,
    and which table is right where they differ.
decimal : {",", "."}, optional
    Decimal sign of the numbers.""",
    "reading": """\
{rows}
unique_col, budget_col, loss_col, sigma_col, group_col : str, optional
    Columns of the unique tokens, the budget that a run was planned for, the loss, its known standard
    deviation, and the run of a row, where they do not have their usual names.
loss_unit, loss_in : str, optional
    Unit of the column, such as ``"nats/token"``, and the unit to fit in.
bytes_per_token, words_per_token : float, optional
    Of the text of the loss, where units need them.
over : {"compute", "params", "tokens"}, optional
    What a law of one variable is a law of.
curve : str, optional
    What the rows are points of, by default by the columns.
hold : str or list, optional
    Holds out the rows that meet these conditions, such as ``"split = test"``: they are what really
    happened, and no fit sees them.
lr_decay_ahead : bool
    The learning rate of the training run still decays after the last row.
wide, step_col, reduce : bool, str, str, optional
    How a table of curves becomes one row a run, such as ``reduce="last"``.""",
    "counts": """\
model_col, problem_col, samples_col, passes_col, pass_rate_col : str, optional
    Columns of a table of pass counts.
stderr_col, chance_col, task_loss_col : str, optional
    Columns of the standard error of a pass rate, of what guessing reaches, and of a loss on the
    same task.""",
    "rules": """\
rule, estimator : str, optional
    Which problems are used, and how they are measured.
buckets, hardest : int
    Number of difficulty buckets; how many of the hardest problems are left out.
chance : float, optional
    Pass rate that guessing reaches, whatever a column or the name of the task says.
seed : int
    Seed of the rule that splits samples.""",
}


def documented(verb: _F) -> _F:
    """Inserts the shared documentation where a verb's docstring refers to it."""
    verb.__doc__ = "\n".join(_told((verb.__doc__ or "").splitlines()))
    return verb


def _told(lines: list[str]) -> list[str]:
    told = []
    for line in lines:
        name = line.strip()
        shared = _SHARED.get(name[1:-1]) if name[:1] == "{" else None
        if shared is None:
            told.append(line)
        else:
            indent = line[: len(line) - len(line.lstrip())]
            told.extend(indent + one for one in _told(shared.splitlines()))
    return told
