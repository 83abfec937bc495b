"""Charts with matplotlib, where that is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _scalewise as native

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ._results import Law

# Blue, orange and grey that everybody can tell apart (Okabe and Ito 2008).
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#6b7280"


def _axes(ax: Axes | None) -> Axes:
    """The axes to draw in; a new figure by default."""
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError("this chart needs matplotlib; .svg() draws one without it") from error
    if ax is None:
        _, ax = pyplot.subplots()
    return ax


def draw(law: Law, answer: native.Answer, ax: Axes | None, level: float) -> Axes:
    """Draws a law of compute with its band, its runs and its forecasts."""
    import json

    text = answer.shown(level)
    if text is None:
        raise native.UsageError(
            "this is a law of several variables\n  hint: .svg() and .chart() draw it"
        )
    shown: dict[str, Any] = json.loads(text)
    ax = _axes(ax)
    data = law.to_dict()
    runs = data["data"]["runs"]
    fitted = [run for run in runs if run["role"] == "fit"]
    actual = [run for run in runs if run["role"] != "fit"]
    variable = data.get("variable", "compute")
    band = shown["band"]
    xs = [point[0] for point in band]
    if not xs:
        places = [_x(run) for run in runs] + [one["compute"] for one in shown["forecasts"]]
        low, high = min(places), max(places)
        xs = [low * (high / low) ** (k / 80) for k in range(81)]
    else:
        lower = [_end(point[1]) for point in band]
        upper = [_end(point[2]) for point in band]
        ax.fill_between(
            xs,
            lower,
            upper,
            color=_BLUE,
            alpha=0.18,
            lw=0,
            label=f"{level:.0%} prediction interval",
        )
    ax.plot(xs, law.curve(xs), color=_BLUE, label=f"law '{law.name}'")
    ax.scatter(
        [_x(run) for run in fitted],
        [run["loss"] for run in fitted],
        color=_GREY,
        s=22,
        zorder=3,
        label="fitted runs",
    )
    if actual:
        ax.scatter(
            [_x(run) for run in actual],
            [run["loss"] for run in actual],
            facecolors="none",
            edgecolors=_ORANGE,
            s=90,
            zorder=6,
            label="what came true",
        )
    for k, one in enumerate(shown["forecasts"]):
        ends = [
            i
            for i in one["intervals"]
            if i["kind"] == "prediction" and abs(i["level"] - level) < 1e-9
        ]
        if ends:
            ax.plot(
                [one["compute"]] * 2,
                [_end(ends[0]["lower"]), _end(ends[0]["upper"])],
                color=_ORANGE,
                lw=1.5,
            )
        ax.plot(
            one["compute"],
            one["point"],
            marker="*",
            ms=12,
            color=_ORANGE,
            ls="none",
            zorder=5,
            label="forecast" if k == 0 else None,
        )
    ax.set_xscale("log")
    ax.set_xlabel(
        {
            "compute": "training compute (FLOP)",
            "params": "parameters N",
            "tokens": "training tokens D",
        }[variable]
    )
    ax.set_ylabel("loss")
    ax.legend(frameon=False)
    return ax


def draw_scores(task: dict[str, Any], answer: native.Answer, ax: Axes | None) -> Axes:
    """Draws the scores of one task with its law and its forecasts."""
    import json

    ax = _axes(ax)
    text = answer.shown()
    assert text is not None
    shown: dict[str, Any] = json.loads(text)
    of = next(one for one in shown["tasks"] if one["task"] == task["task"])
    level = shown["level"]
    ax.axhline(of["chance"], color=_GREY, lw=1, ls=":", label="guessing")
    if of["law"]:
        ax.plot(*zip(*of["law"]), color=_BLUE, label="fitted laws")
    for k, path in enumerate(of["paths"]):
        xs, points, lower, upper = zip(*path)
        label = f"{level:.0%} prediction interval" if k == 0 else None
        ax.fill_between(xs, lower, upper, color=_BLUE, alpha=0.18, lw=0, label=label)
        ax.plot(xs, points, color=_BLUE, ls="--")
    ax.scatter(
        [model["compute"] for model in task["models"]],
        [model["score"] for model in task["models"]],
        color=_GREY,
        s=22,
        zorder=3,
        label="fitted models",
    )
    if of["actuals"]:
        ax.scatter(
            [model["compute"] for model in of["actuals"]],
            [model["score"] for model in of["actuals"]],
            facecolors="none",
            edgecolors=_ORANGE,
            s=90,
            zorder=6,
            label="what came true",
        )
    given = [one for one in task["forecasts"] if one["point"] is not None]
    for k, one in enumerate(given):
        for ends in one["intervals"]:
            if ends["level"] == level:
                ax.plot([one["compute"]] * 2, [ends["lower"], ends["upper"]], color=_ORANGE, lw=1.5)
        ax.plot(
            one["compute"],
            one["point"],
            marker="*",
            ms=12,
            color=_ORANGE,
            ls="none",
            zorder=5,
            label="forecast" if k == 0 else None,
        )
    ax.set_xscale("log")
    ax.set_xlabel("training compute (FLOP)")
    ax.set_ylabel(of["score_name"])
    if task["task"]:
        ax.set_title(task["task"])
    ax.legend(frameon=False)
    return ax


def _x(run: dict[str, Any]) -> float:
    return float(run.get("x", run["compute"]))


def _end(value: float | None) -> float:
    return float("nan") if value is None else value
