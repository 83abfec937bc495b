"""The scores of larger models on the tasks of a benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import _scalewise as native
from ._results import Interval, Result, interval_of, nan_for
from ._table import array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class ScoreForecast:
    """The forecast score of one model on one task, or on average.

    Parameters
    ----------
    compute : float
        Training compute of the model, in FLOP.
    params, tokens : float or None
        Its parameters and tokens, where they were given.
    point : float or None
        The score as a fraction; None where it is withheld.
    intervals : tuple of Interval
        One a level.
    grade : str or None
        How far it can be trusted: ``"high"``, ``"moderate"`` or ``"low"``; an average has none.
    because : str or None
        Why it has that grade.
    laws : dict
        What each law says alone.
    actual : float or None
        What came true, where the table says it.
    withheld : str or None
        Why there is no number.
    """

    compute: float
    params: float | None
    tokens: float | None
    point: float | None
    intervals: tuple[Interval, ...]
    grade: str | None
    because: str | None
    laws: Mapping[str, float]
    actual: float | None
    withheld: str | None

    def interval(self, level: float = 0.9) -> Interval:
        """The prediction interval of this level.

        Parameters
        ----------
        level : float
            One of the levels that were asked for.

        Raises
        ------
        NoFitError, UsageError
            When there is no forecast, or none of that level.
        """
        if self.point is None:
            raise native.NoFitError(f"there is no forecast: {self.withheld}")
        for one in self.intervals:
            if abs(one.level - level) < 1e-12:
                return one
        there = [one.level for one in self.intervals]
        raise native.UsageError(
            f"there is no interval of level {level:g}\n  hint: ask for it in the call; there are {there}"
        )


@dataclass(frozen=True)
class TaskScores:
    """The forecast scores on one task, or on average.

    Parameters
    ----------
    task : str
        Its name; empty if the table has only one task.
    verdict : str or None
        The verdict on its scores, such as ``"predictable"``; an average has none.
    forecasts : tuple of ScoreForecast
        One per target, in the order asked for.
    """

    task: str
    verdict: str | None
    forecasts: tuple[ScoreForecast, ...]

    def _only(self) -> ScoreForecast:
        if len(self.forecasts) == 1:
            return self.forecasts[0]
        if self.forecasts:
            raise AttributeError(
                f"there are {len(self.forecasts)} targets: use .forecasts or .points"
            )
        raise native.NoFitError("there is no forecast: no target was given")

    @property
    def point(self) -> float:
        """The forecast of the only target."""
        only = self._only()
        if only.point is None:
            raise native.NoFitError(f"there is no forecast: {only.withheld}")
        return only.point

    @property
    def points(self) -> Any:
        """The forecasts of all targets, as an array; NaN where one is withheld."""
        return array([nan_for(one.point) for one in self.forecasts])

    @property
    def grade(self) -> str | None:
        """How far the only forecast can be trusted; an average has no grade."""
        return self._only().grade

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The intervals of the only target."""
        return self._only().intervals

    def interval(self, level: float = 0.9) -> Interval:
        """The interval of the only target of this level.

        Parameters
        ----------
        level : float
            One of the levels that were asked for.
        """
        return self._only().interval(level)


def _forecast(one: Mapping[str, Any]) -> ScoreForecast:
    withheld = one.get("withheld")
    return ScoreForecast(
        compute=one["compute"],
        params=one.get("params"),
        tokens=one.get("tokens"),
        point=one["point"],
        intervals=tuple(interval_of(interval) for interval in one["intervals"]),
        grade=one.get("grade"),
        because=one.get("because"),
        laws={member["law"]: member["point"] for member in one.get("members", [])},
        actual=one.get("actual"),
        withheld=withheld and f"{withheld['code']}: {withheld['reason']}",
    )


class Scores(Result):
    """The scores of larger models on a task, or on a suite of tasks and on average.

    ``point``, ``points``, ``grade``, ``intervals`` and :meth:`interval` are about the only task; with
    several, ``tasks`` has one :class:`TaskScores` for each name.

    Examples
    --------
    >>> import scalewise
    >>> rows = [
    ...     {"task": task, "compute": 10.0**k, "accuracy": 0.3 + step * (k - 18)}
    ...     for task, step in (("logic", 0.04), ("reading", 0.06))
    ...     for k in range(18, 23)
    ... ]
    >>> scores = scalewise.capability(rows, by="task", at="10x")
    >>> list(scores.tasks)
    ['logic', 'reading']
    >>> scores.tasks["logic"].point < scores.average.point < scores.tasks["reading"].point
    True
    """

    @property
    def tasks(self) -> dict[str, TaskScores]:
        """The forecasts of every task, by its name."""
        return {
            one["task"]: TaskScores(
                one["task"], one["verdict"], tuple(_forecast(f) for f in one["forecasts"])
            )
            for one in self.to_dict()["tasks"]
        }

    @property
    def average(self) -> TaskScores | None:
        """The average of a suite; None for a table of one task."""
        averages = self.to_dict()["averages"]
        if not averages:
            return None
        reason = "the average needs a forecast of every task"
        return TaskScores(
            "average",
            None,
            tuple(
                _forecast(
                    {**one, "withheld": None}
                    if one["point"] is not None
                    else {**one, "withheld": {"code": "no-average", "reason": reason}}
                )
                for one in averages
            ),
        )

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on every task: ``"predictable"``, ``"not-predictable"`` and the like."""
        return {one["task"]: one["verdict"] for one in self.to_dict()["tasks"]}

    def _only(self) -> TaskScores:
        tasks = self.tasks
        if len(tasks) == 1:
            return next(iter(tasks.values()))
        raise AttributeError(f"there are {len(tasks)} tasks: use .tasks[name], .average or .table")

    @property
    def point(self) -> float:
        """The forecast of the only task and target."""
        return self._only().point

    @property
    def points(self) -> Any:
        """The forecasts of the only task for all targets, as an array."""
        return self._only().points

    @property
    def grade(self) -> str | None:
        """How far the only forecast can be trusted: ``"high"``, ``"moderate"`` or ``"low"``."""
        return self._only().grade

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The intervals of the only task and target."""
        return self._only().intervals

    def interval(self, level: float = 0.9) -> Interval:
        """The interval of the only task and target of this level.

        Parameters
        ----------
        level : float
            One of the levels that were asked for.
        """
        return self._only().interval(level)

    def plot(self, ax: Axes | None = None, *, task: str | None = None) -> Axes:
        """Draws one task with matplotlib, where that is installed: its models, its law, and the
        forecasts with their intervals. :meth:`svg` draws all tasks, and needs nothing.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw, by default in a new figure.
        task : str, optional
            Which task; it can be left out where there is only one.
        """
        from ._plot import draw_scores

        names = list(self.tasks)
        if task is None and len(names) == 1:
            task = names[0]
        if task not in names:
            said = "there are several tasks" if task is None else f"there is no task '{task}'"
            raise native.UsageError(
                f"task: {said}\n  hint: choose one of {', '.join(names)}; .svg() draws all of them"
            )
        return draw_scores(self.to_dict()["tasks"][names.index(task)], self._answer, ax)
