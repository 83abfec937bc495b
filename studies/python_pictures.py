"""Draws the pictures of docs/python.md: `python studies/python_pictures.py`.

This needs `./python[test]`. Both panels of `plots/python_curve_fit.svg` hold the same runs: the fit
by `scipy.optimize.curve_fit` with the interval that is usually made from its covariance, and the
forecast by Scalewise.
`plots/python_curve.svg` is what `.curve(xs)` gives, in a chart of one's own.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import scalewise
from scipy.optimize import curve_fit

matplotlib.use("svg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).resolve().parents[1]
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#6b7280"
UNIT = 1e18
BEYOND = 2.3e22


def law(compute, a, b, c):
    return a * compute**b + c


def usual(runs: pd.DataFrame, xs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The curve of `curve_fit` and 1.645 standard errors of it, from the covariance."""
    start, ends = [2, -0.1, 1], ([0, -1, 0], [np.inf, 0, np.inf])
    p, cov = curve_fit(law, runs["flops"] / UNIT, runs["loss"], p0=start, bounds=ends)
    x = xs / UNIT
    slope = np.stack([x ** p[1], p[0] * np.log(x) * x ** p[1], np.ones_like(x)])
    return law(x, *p), 1.645 * np.sqrt(np.einsum("ik,ij,jk->k", slope, cov, slope))


def save(figure: plt.Figure, name: str) -> None:
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "scalewise"}):
        figure.savefig(ROOT / "plots" / name, metadata={"Date": None})
    plt.close(figure)


def curve_fit_beside_scalewise(runs: pd.DataFrame) -> None:
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(10, 4.2), sharex=True, sharey=True, layout="constrained"
    )
    xs = np.logspace(18.2, 22.6, 120)
    small, large = runs[runs["flops"] < 2e21], runs[runs["flops"] >= 2e21]
    point, half = usual(small, xs)
    left.fill_between(
        xs, point - half, point + half, color=BLUE, alpha=0.18, lw=0, label="1.645 standard errors"
    )
    left.plot(xs, point, color=BLUE, label="a·C^b + c")
    left.scatter(small["flops"], small["loss"], color=GREY, s=22, zorder=3, label="fitted runs")
    left.scatter(
        large["flops"],
        large["loss"],
        s=90,
        zorder=4,
        label="what came true",
        facecolors="none",
        edgecolors=ORANGE,
    )
    left.set(xscale="log", xlabel="training compute (FLOP)", ylabel="loss")
    left.legend(frameon=False)
    left.set_title("scipy.optimize.curve_fit: floor 0.0 ± 3.2")
    forecast = scalewise.forecast(runs, fit_below=2e21, at=BEYOND)
    forecast.plot(right)
    right.set_ylabel("")
    interval = forecast.interval(0.9)
    ends = f"{interval.lower:.2f} to {interval.upper:.2f}"
    right.set_title(f"scalewise: {forecast.point:.2f}, 90 % of new runs in {ends}")
    save(figure, "python_curve_fit.svg")


def a_chart_of_ones_own() -> None:
    runs = pd.read_csv(ROOT / "data" / "simulated_ladder.csv")
    forecast = scalewise.forecast(runs, fit_below=1e23, at=1e24)
    xs = np.logspace(18, 25, 60)
    figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    for level, alpha in ((0.95, 0.12), (0.8, 0.15), (0.5, 0.2)):
        curve = forecast.curve(xs, level=level)
        ax.fill_between(
            curve.x, curve.lower, curve.upper, color=BLUE, alpha=alpha, lw=0, label=f"{level:.0%}"
        )
    ax.plot(curve.x, curve.point, color=BLUE, label="forecast")
    ax.plot(xs, 900 * xs**-0.15 + 1.7, color=GREY, ls="--", label="the truth of this simulation")
    ax.scatter(runs["compute"], runs["loss"], color=GREY, s=22, zorder=3)
    ax.set(xscale="log", xlabel="training compute (FLOP)", ylabel="loss")
    ax.legend(frameon=False)
    save(figure, "python_curve.svg")


if __name__ == "__main__":
    warnings.simplefilter("ignore", scalewise.FindingWarning)
    curve_fit_beside_scalewise(pd.read_csv(ROOT / "data" / "cerebras_gpt.csv"))
    a_chart_of_ones_own()
