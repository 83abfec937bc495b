"""Answers as objects: attributes, text, HTML, tables, charts."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from . import _scalewise as native
from ._files import keep, write
from ._table import Columns, array

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class FindingWarning(UserWarning):
    """A finding about data or a fit.

    Attributes
    ----------
    code : str
        Its name for programs, such as ``"floor-not-identified"``; ``docs/diagnoses.md`` lists them.
    finding : Finding
        All of it.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.code = finding.code
        self.finding = finding

    def __reduce__(self) -> tuple[Any, ...]:
        return FindingWarning, (self.finding,)


@dataclass(frozen=True)
class Finding:
    """A finding about data or a fit.

    Parameters
    ----------
    code : str
        Its name for programs.
    severity : {"note", "warn", "refuse"}
        How serious it is: worth knowing, a limit of use, or a refusal of all numbers.
    message : str
        What was found, with its numbers.
    hint : str
        A suggestion, with the keywords that help.
    """

    code: str
    severity: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}\n  hint: {self.hint}"


def _finding(code: str, severity: str, message: str, hint: str, remedies: Sequence[Any]) -> Finding:
    words = [native.remedy(setting, value) for setting, value in remedies]
    return Finding(code, severity, message, f"{hint} ({', '.join(words)})" if words else hint)


def _findings_in(data: Any) -> Iterator[Finding]:
    """The findings anywhere in a JSON document."""
    if isinstance(data, dict):
        if {"code", "severity", "message", "hint"} <= data.keys():
            remedies = [(r["setting"], r.get("value")) for r in data.get("remedies", [])]
            yield _finding(data["code"], data["severity"], data["message"], data["hint"], remedies)
        else:
            for value in data.values():
                yield from _findings_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from _findings_in(value)


class Result:
    """An answer: what every verb gives.

    Its attributes are the keys of :meth:`to_dict`; ``print`` shows the short text, and a notebook
    shows the page's own block with its chart.
    """

    _answer: native.Answer

    def __init__(self, answer: native.Answer) -> None:
        self._answer = answer
        self._data: Any = None

    def to_json(self) -> str:
        """The answer as JSON, with the same bytes as the command line's ``--format json``."""
        return self._answer.json()

    def to_dict(self) -> Any:
        """The answer as dictionaries and lists of plain Python values."""
        if self._data is None:
            # Not above: importing it takes longer than all the rest.
            import json

            self._data = json.loads(self.to_json())
        return self._data

    def to_markdown(self) -> str:
        """The answer as Markdown."""
        return self._answer.markdown()

    @property
    def table(self) -> Columns:
        """The answer as a table, the one of the command line's ``--format csv``."""
        return Columns(self._answer)

    @property
    def findings(self) -> list[Finding]:
        """The findings about it, each once."""
        found = self._answer.findings()
        if found is not None:
            return [_finding(*one) for one in found]
        try:
            data = self.to_dict()
        except native.UsageError:
            return []
        return list(dict.fromkeys(_findings_in(data)))

    @property
    def trust(self) -> str:
        """How far it can be relied on: ``"trustworthy"``, ``"not-trustworthy"`` or ``"refused"``."""
        return self._answer.trust

    def chart(self, view: str = "", *, level: float = 0.9) -> Chart:
        """Its chart.

        Parameters
        ----------
        view : str
            What to show, by default the usual view. A law of compute and its forecast have
            ``"loss"``, ``"reducible"`` and ``"both"``; a law of N and D and its allocation have
            ``"contours"``, ``"allocation"``, ``"valley"`` and ``"residuals"``; pass counts have
            ``"problems"``.
        level : float
            Level of the band.
        """
        return Chart(self._answer.chart(view, level))

    def svg(
        self, view: str = "", *, theme: str = "light", size: tuple[int, int] | None = None
    ) -> str:
        """Its chart as SVG, for which nothing else has to be installed."""
        return self.chart(view).svg(theme=theme, size=size)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes it to a file.

        What is written follows from the name: ``.json``, ``.csv``, ``.md``, ``.txt``, ``.html``, and
        the chart for ``.svg``, ``.png`` and ``.pdf``. A law file, an entry or a score is never
        overwritten.
        """
        name = os.fspath(path)
        end = os.path.splitext(name)[1].lower()
        makers: dict[str, Any] = {
            ".json": self.to_json,
            ".csv": lambda: self.table.to_csv(),
            ".md": self.to_markdown,
            ".txt": self._text,
            ".html": self._html,
            ".svg": lambda: self.chart().svg(),
            ".png": lambda: self.chart().png(),
            ".pdf": lambda: self.chart().pdf(),
        }
        if end not in makers:
            raise native.UsageError(
                f"path: '{name}' does not say what to write\n  hint: let its name end in {', '.join(makers)}"
            )
        keep(name)
        write(name, makers[end](), replace=True)

    def _text(self) -> str:
        return self._answer.text()

    def _html(self) -> str:
        return self._answer.html()

    def _repr_html_(self) -> str:
        return self._html()

    def __repr__(self) -> str:
        return self._text().rstrip("\n")

    def __getattr__(self, name: str) -> Any:
        own = getattr(type(self), name, None)
        if isinstance(own, property) and own.fget is not None:
            # The property raised AttributeError, so Python asks here: raise it with its reason.
            return own.fget(self)
        if not name.startswith("_"):
            data = self.to_dict()
            if isinstance(data, dict) and name in data:
                return data[name]
        raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")

    def __dir__(self) -> list[str]:
        data = self.to_dict()
        return sorted({*super().__dir__(), *(data if isinstance(data, dict) else [])})

    def __reduce__(self) -> Any:
        raise TypeError(
            f"a {type(self).__name__} cannot be pickled; send .to_dict() or .table.to_dict() instead, or the law, which can"
        )


class Law(Result):
    """A fitted law. It can be called, pickled, compared and hashed, and is never changed.

    Parameters
    ----------
    json : str
        The text of a law file; :func:`scalewise.show` reads one, and :func:`scalewise.fit` makes one.

    Examples
    --------
    >>> import scalewise
    >>> law = scalewise.fit(compute=[1e18, 1e19, 1e20, 1e21, 1e22], loss=[3.1, 2.74, 2.46, 2.25, 2.1])
    >>> round(law(1e23), 2)
    1.98
    >>> sorted(law.params)
    ['a', 'b', 'c']
    """

    def __init__(self, json: str) -> None:
        self._of(native.Law(json))

    @classmethod
    def _made(cls, law: native.Law) -> Law:
        made = cls.__new__(cls)
        made._of(law)
        return made

    def _of(self, law: native.Law) -> None:
        super().__init__(law.answer())
        self._law = law

    def to_json(self) -> str:
        """The law file, as ``scalewise fit -o`` writes it."""
        return self._law.to_json()

    @property
    def params(self) -> dict[str, float]:
        """The value of every parameter."""
        return {one["name"]: one["value"] for one in self.to_dict()["parameters"]}

    @property
    def stderr(self) -> dict[str, float | None]:
        """The standard error of every parameter, where it has one."""
        return {one["name"]: one["stderr"] for one in self.to_dict()["parameters"]}

    @property
    def name(self) -> str:
        """The name of the law, such as ``"saturating"``."""
        return str(self.to_dict()["law"])

    @property
    def inputs(self) -> tuple[str, ...]:
        """What it is a function of: ``("compute",)``, or ``("params", "tokens")`` and the like."""
        return tuple(self._law.inputs)

    def __call__(self, *inputs: Any) -> Any:
        """The loss at these inputs.

        Parameters
        ----------
        *inputs : float or array
            One for each of :attr:`inputs`, all numbers or all of one length: FLOP for compute, counts
            for parameters and tokens.

        Returns
        -------
        float or array
            The loss, in the unit of the losses that were fitted.
        """
        if len(inputs) != len(self.inputs):
            raise TypeError(
                f"this law takes {len(self.inputs)} inputs ({', '.join(self.inputs)}) and got {len(inputs)}"
            )
        columns = [list(one) if hasattr(one, "__iter__") else [one] for one in inputs]
        if len({len(column) for column in columns}) != 1:
            raise TypeError("the inputs of a law are all numbers or all of one length")
        rows = [float(value) for row in zip(*columns) for value in row]
        for value in rows:
            if not 0 < value < float("inf"):
                raise native.UsageError(
                    f"{value!r} is not positive and finite\n  hint: a law has values at positive inputs"
                )
        values = self._law.values(rows)
        return array(values) if any(hasattr(one, "__iter__") for one in inputs) else values[0]

    def curve(self, *inputs: Any) -> Any:
        """The losses at arrays of inputs, as an array."""
        return self(*[one if hasattr(one, "__iter__") else [one] for one in inputs])

    def forecast(self, at: Any = None, **keywords: Any) -> Forecast:
        """Larger runs by this law: :func:`scalewise.forecast` with it."""
        from ._verbs import forecast

        return forecast(self, at=at, **keywords)

    def published_starts(self) -> dict[str, float]:
        """Descends from the 4,500 starts that were published for a law of N and D, which takes
        seconds, and says what they find.

        Returns
        -------
        dict
            ``starts``, how many ``reached`` the objective of this fit, how many were ``trapped``
            because they lost a term, and the best ``objective`` that they found.
        """
        starts, reached, trapped, objective = self._law.published_starts()
        return {"starts": starts, "reached": reached, "trapped": trapped, "objective": objective}

    def python(self) -> str | None:
        """A Python function with these numbers, to copy; None for a law of one's own."""
        return self._law.python()

    def latex(self) -> str | None:
        """The formula with these numbers in LaTeX; None for a law of one's own."""
        return self._law.latex()

    def plot(self, ax: Axes | None = None, *, level: float = 0.9) -> Axes:
        """Draws the law, its band and its runs with matplotlib, where that is installed."""
        from ._plot import draw

        return draw(self, self._answer, ax, level)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Law) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __reduce__(self) -> Any:
        return Law, (self.to_json(),)


@dataclass(frozen=True)
class Interval:
    """An interval with what it is: its level, its kind and its method.

    Parameters
    ----------
    lower, upper : float or None
        Its ends; None for no limit.
    level : float
        The share of such intervals that hold.
    kind : {"prediction", "confidence"}
        Whether it is for a new run, or for the curve.
    method : str
        How it is made.
    """

    lower: float | None
    upper: float | None
    level: float
    kind: str
    method: str


class _OfLaw(Result):
    """An answer that comes from one law."""

    @property
    def law(self) -> Law:
        """The law that the answer comes from."""
        law = self._answer.law()
        if law is None:
            raise AttributeError(
                f"this {type(self).__name__} comes from several laws: use .to_dict()"
            )
        return Law._made(law)


class Forecast(_OfLaw):
    """The loss of larger runs.

    ``point``, ``grade`` and :meth:`interval` are about the only target; with several, ``forecasts``
    lists them in the order asked for.
    """

    def _only(self) -> dict[str, Any]:
        forecasts: list[dict[str, Any]] = self.to_dict()["forecasts"]
        if len(forecasts) == 1:
            return forecasts[0]
        if forecasts:
            raise AttributeError(
                f"there are {len(forecasts)} targets: use .forecasts, .points or .table"
            )
        reasons = [str(one) for one in self.findings if one.severity == "refuse"]
        reasons += [f"{one['code']}: {one['reason']}" for one in self.to_dict().get("withheld", [])]
        raise native.NoFitError(
            "there is no forecast: " + ("; ".join(reasons) or "no target was given")
        )

    @property
    def point(self) -> float:
        """The forecast of the only target."""
        return float(self._only()["point"])

    @property
    def points(self) -> Any:
        """The forecasts of all targets, as an array."""
        return array([one["point"] for one in self.to_dict()["forecasts"]])

    @property
    def grade(self) -> str:
        """How far the only forecast can be trusted: ``"high"``, ``"moderate"`` or ``"low"``.

        A law of several columns has none, as no forecasts by such laws were checked.
        """
        only = self._only()
        if "grade" not in only:
            raise AttributeError("a law of several columns has no grade: see .intervals")
        return str(only["grade"])

    @property
    def intervals(self) -> list[Interval]:
        """The intervals of the only target."""
        return [interval_of(one) for one in self._only()["intervals"]]

    def interval(
        self,
        level: float = 0.9,
        *,
        kind: Literal["prediction", "confidence"] = "prediction",
        method: str | None = None,
    ) -> Interval:
        """The interval of the only target of this level, kind and method.

        Parameters
        ----------
        level : float
            One of the levels that were asked for.
        kind : {"prediction", "confidence"}
            For a new run, or for the curve.
        method : str, optional
            By default the first method that gives one.

        Raises
        ------
        UsageError
            When there is none; the message says why where a method abstained.
        """
        for one in self.intervals:
            if one.kind == kind and abs(one.level - level) < 1e-12 and method in (None, one.method):
                return one
        abstained = [
            f"{one['method']} abstains: {one['reason']}"
            for one in self._only().get("abstentions", [])
        ]
        there = sorted({(one.level, one.kind, one.method) for one in self.intervals})
        raise native.UsageError(
            f"there is no {kind} interval of level {level:g}"
            + (f" and method {method}" if method else "")
            + "\n  hint: "
            + ("; ".join(abstained) or f"ask for it in the call; there are {there}")
        )

    def curve(
        self,
        xs: Any,
        *,
        level: float = 0.9,
        kind: Literal["prediction", "confidence"] = "prediction",
        method: str = "calibrated",
    ) -> Curve:
        """The forecast at every value of ``xs``, as arrays.

        Parameters
        ----------
        xs : array of float
            FLOP, or another variable of the law.

        Returns
        -------
        Curve
            ``x``, ``point``, ``lower`` and ``upper``; NaN where no interval exists.
        """
        from ._verbs import forecast

        xs = [float(x) for x in xs]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FindingWarning)
            made = forecast(self.law, at=xs, level=level, kind=kind, method=method, force=True)
        point, lower, upper = {}, {}, {}
        for one in made.to_dict()["forecasts"]:
            point[one["compute"]] = one["point"]
            ends = [interval_of(interval) for interval in one["intervals"]]
            lower[one["compute"]] = ends[0].lower if ends else None
            upper[one["compute"]] = ends[0].upper if ends else None
        return Curve(
            *(
                array([nan_for(of.get(x)) for x in xs])
                for of in ({x: x for x in xs}, point, lower, upper)
            )
        )

    def plot(self, ax: Axes | None = None, *, level: float = 0.9) -> Axes:
        """Draws the law, its band, the runs, the targets and the runs that were kept out of the fit
        with matplotlib, where that is installed.
        """
        from ._plot import draw

        return draw(self.law, self._answer, ax, level)


def nan_for(value: float | None) -> float:
    """NaN for a missing number."""
    return float("nan") if value is None else value


@dataclass(frozen=True)
class Curve:
    """A forecast along an axis.

    Parameters
    ----------
    x, point, lower, upper : array of float
        Where, the forecast, and the ends of its interval.
    """

    x: Any
    point: Any
    lower: Any
    upper: Any


def interval_of(one: dict[str, Any]) -> Interval:
    """An interval of a JSON document."""
    return Interval(one["lower"], one["upper"], one["level"], one["kind"], one["method"])


class Backtest(Result):
    """Forecasts of every run from the smaller ones, scored against what came true."""


class Comparison(Result):
    """Laws, ranked by how well they forecast the larger runs from the smaller ones."""


class RunEnd(Result):
    """The loss at the end of a training run."""

    @property
    def point(self) -> float:
        """The loss at the end."""
        point = self.to_dict()["point"]
        if point is None:
            reasons = [str(one) for one in self.findings if one.severity == "refuse"]
            raise native.NoFitError("there is no forecast: " + "; ".join(reasons))
        return float(point)

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """The ends of the interval of a level that was asked for.

        Parameters
        ----------
        level : float
            The level.
        """
        for one in self.to_dict()["intervals"]:
            if one["level"] == level:
                return float(one["lower"]), float(one["upper"])
        raise KeyError(f"there is no interval of level {level}: ask for it with level=")


class RunEnds(Result):
    """The losses of several training runs at their ends.

    :attr:`table` is a table of runs: what the log says of each, its loss at the end, and the
    standard deviation of that as ``sigma``.
    """

    @property
    def points(self) -> list[float | None]:
        """The loss of each run at its end; None where it is not known."""
        return [one["point"] for one in self.to_dict()["runs"]]


class Recipe(Result):
    """A recipe learnt from complete runs: give it to :func:`scalewise.curve` as `prior`."""


class Schedules(Result):
    """The loss at the end of runs of a recipe with some schedules of the learning rate."""

    @property
    def points(self) -> list[float]:
        """The loss at the end with each schedule, in the order asked for."""
        return [float(one["point"]) for one in self.to_dict()["schedules"]]


class Plan(Result):
    """Which runs to train next, and when to stop."""


class Versus(Result):
    """Recipes against a base: how much more compute the base needs."""


class Capability(Result):
    """How often larger models solve problems.

    ``grade``, ``because`` and ``record`` are about the mean log pass rate of all problems at the
    only target; those of the mean pass rate are in
    ``to_dict()["overall"]["forecasts"][0]["mean_pass_rate"]``.
    """

    def _only(self) -> dict[str, Any]:
        forecasts: list[dict[str, Any]] = self.to_dict()["overall"]["forecasts"]
        if len(forecasts) == 1:
            return forecasts[0]
        if forecasts:
            raise AttributeError(f"there are {len(forecasts)} targets: use .to_dict() or .table")
        reasons = [str(one) for one in self.findings if one.severity == "refuse"]
        raise native.NoFitError(
            "there is no forecast: " + ("; ".join(reasons) or "no target was given")
        )

    @property
    def grade(self) -> str:
        """How far the only forecast can be trusted: ``"high"``, ``"moderate"`` or ``"low"``."""
        return str(self._only()["grade"])

    @property
    def because(self) -> str:
        """Why it has that grade."""
        return str(self._only()["because"])

    @property
    def record(self) -> dict[str, Any] | None:
        """How forecasts of its grade came true; None where none like it was checked."""
        record: dict[str, Any] | None = self._only()["record"]
        return record


class Allocation(_OfLaw):
    """What to train with a budget."""


class Optimum(_OfLaw):
    """Where a law of any columns is lowest.

    ``values`` and :meth:`interval` are about the only optimum; with several, ``optima`` lists them
    in the order asked for. With `by`, ``cells`` has the optimum of each cell, and ``laws`` the laws
    of these optima.
    """

    @property
    def optima(self) -> list[dict[str, Any]]:
        """Every optimum: what is held, the budget, the free columns and the loss."""
        found = [one["optimum"] for one in self.cells if one["optimum"]] or [self.to_dict()]
        return [optimum for one in found for optimum in one.get("optima", [])]

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The cells of a sweep, each with its optimum or the reason that it has none."""
        cells: list[dict[str, Any]] = self.to_dict().get("cells", [])
        return cells

    @property
    def laws(self) -> list[dict[str, Any]]:
        """The laws of the optima, each with its forecasts."""
        laws: list[dict[str, Any]] = self.to_dict().get("laws", [])
        return laws

    def _only(self) -> dict[str, Any]:
        optima = self.optima
        if len(optima) != 1:
            raise AttributeError(f"there are {len(optima)} optima: use .optima or .table")
        if not optima[0]["values"]:
            raise native.NoFitError(f"there is no optimum: {optima[0]['reason']}")
        return optima[0]

    @property
    def values(self) -> dict[str, float]:
        """The free columns at the only optimum."""
        return {one["name"]: float(one["value"]) for one in self._only()["values"]}

    @property
    def loss(self) -> float:
        """The loss at the optimum."""
        return float(self._only()["loss"])

    def interval(self, name: str) -> tuple[float, float] | None:
        """The confidence interval of a free column at the only optimum."""
        only = self._only()
        ends = {one["name"]: one["interval"] for one in only["values"]}[name]
        return None if ends is None else (float(ends[0]), float(ends[1]))


class Isoflop(Result):
    """The approaches to compute-optimal training, side by side."""


class Understanding(Result):
    """How a table is understood."""


class Laws(Result):
    """The laws that can be fitted."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_dict())

    def __len__(self) -> int:
        return len(self.to_dict())


class Entry(Result):
    """A registered prediction.

    Attributes
    ----------
    path : str or None
        Where it was written.
    """

    path: str | None = None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes it to a file, as every answer; from then on a ``.json`` file is its path."""
        super().save(path)
        if os.fspath(path).lower().endswith(".json"):
            self.path = os.fspath(path)

    @property
    def digest(self) -> str:
        """The digest to publish, with which anybody can check that the entry is unchanged."""
        return str(self.to_dict()["digest"])


class Verification(Result):
    """Whether an entry, its data and its forecast are what was registered."""


class Score(Result):
    """Outcomes, beside their predictions."""

    path: str | None = None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes it to a file, as every answer; from then on a ``.json`` file is its path."""
        super().save(path)
        if os.fspath(path).lower().endswith(".json"):
            self.path = os.fspath(path)


class Ledger(Result):
    """All entries of a folder, and how often their intervals held."""


class Report(Result):
    """One page that says what the large run will reach and how far to trust that."""

    def to_html(self) -> str:
        """The page as one self-contained HTML file."""
        page = self._answer.page_html()
        assert page is not None
        return page

    def _html(self) -> str:
        return self.to_html()

    def _repr_html_(self) -> str:
        from html import escape

        return f'<iframe srcdoc="{escape(self.to_html())}" style="width: 100%; height: 40rem; border: 0"></iframe>'


class Chart:
    """A chart, which can be drawn in any theme and size."""

    def __init__(self, picture: native.Picture) -> None:
        self._picture = picture

    @property
    def title(self) -> str:
        """What it shows."""
        return self._picture.title

    def framed(
        self,
        *,
        title: str | None = None,
        no_title: bool = False,
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
    ) -> Chart:
        """The same chart with another headline or none, and with other axis limits."""
        return Chart(self._picture.framed(title, no_title, xlim, ylim))

    def svg(self, *, theme: str = "light", size: tuple[int, int] | None = None) -> str:
        """The chart as SVG.

        Parameters
        ----------
        theme : {"light", "dark", "paper-column", "paper-page", "slide"}
            What the picture is for.
        size : (int, int), optional
            Width and height in CSS pixels, by default those of the theme.
        """
        return self._picture.svg(theme, size)

    def png(
        self, *, theme: str = "light", size: tuple[int, int] | None = None, dpi: int | None = None
    ) -> bytes:
        """The chart as PNG, at ``dpi`` dots per inch, from 48 to 1200."""
        return self._picture.png(theme, size, dpi)

    def pdf(self, *, theme: str = "light", size: tuple[int, int] | None = None) -> bytes:
        """The chart as a PDF of one page, whose texts can be searched and copied."""
        return self._picture.pdf(theme, size)

    def vega_lite(
        self, *, theme: str = "light", size: tuple[int, int] | None = None
    ) -> dict[str, Any]:
        """The chart as a specification for Vega-Lite 5, with its data: for Altair and others."""
        import json

        return json.loads(self._picture.vega_lite(theme, size))

    def save(self, path: str | os.PathLike[str], **look: Any) -> None:
        """Writes the chart to a file that ends in ``.svg``, ``.png``, ``.pdf`` or ``.vl.json``."""
        name = os.fspath(path)
        low = name.lower()
        if low.endswith(".svg"):
            data: str | bytes = self.svg(**look)
        elif low.endswith(".png"):
            data = self.png(**look)
        elif low.endswith(".pdf"):
            data = self.pdf(**look)
        elif low.endswith(".vl.json"):
            theme, size = look.get("theme", "light"), look.get("size")
            data = self._picture.vega_lite(theme, size)
        else:
            raise native.UsageError(
                f"path: '{name}' has no known picture format\n"
                "  hint: name the picture FILE.svg, FILE.png, FILE.pdf or FILE.vl.json"
            )
        keep(name)
        write(name, data, replace=True)

    def _repr_html_(self) -> str:
        return self._picture.html()

    def _repr_svg_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        return self._picture.text()


class Series(Result):
    """The answers for every series of a table: what ``by=`` gives.

    ``table`` has all of them; :meth:`to_dict` computes them again in full, with every interval,
    basin and run of each.
    """

    def __init__(self, answer: native.Answer, again: Any) -> None:
        super().__init__(answer)
        self._again = again

    def to_json(self) -> str:
        """The answers as JSON, with the same bytes as the command line's ``--format json``."""
        if not hasattr(self, "_json"):
            self._json = self._again().json()
        return str(self._json)

    @property
    def findings(self) -> list[Finding]:
        """Those of single series are in :attr:`table` and :meth:`to_dict`."""
        return []

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"{type(self).__name__} has no attribute '{name}': use .table, or .to_dict()"
        )

    def __dir__(self) -> list[str]:
        return sorted(object.__dir__(self))

    def __len__(self) -> int:
        return len(set(self.table["series"]))

    def __repr__(self) -> str:
        return self._text().rstrip("\n") or f"{len(self)} series: use .table"


def warn_of(result: Result) -> None:
    """Warns of what was found against a result, in the line of the caller's own program."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("scalewise."):
        level, frame = level + 1, frame.f_back
    for finding in result.findings:
        if finding.severity != "note":
            warnings.warn(FindingWarning(finding), stacklevel=level)
