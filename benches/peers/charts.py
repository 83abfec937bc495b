"""Our charts beside the same data drawn by matplotlib: python charts.py OUT [SURFACE.csv]

Writes OUT/NAME.ours.svg, OUT/NAME.peer.png and OUT/index.html with both side by side. SURFACE.csv holds runs with params, tokens, loss (columns named
as `scalewise` finds them); without it the charts of surfaces are left out. Needs numpy and matplotlib, and a built `scalewise` on the path.
"""
import json
import math
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

ROOT = Path(__file__).parents[2]
RUNS, COUNTS = ROOT / "data/cerebras_gpt.csv", ROOT / "data/ladder/pass_counts.csv"
LOSSES, ENTRIES = ROOT / "data/ladder/losses.csv", ROOT / "data/ladder/forecasts"


def ask(*words):
    """Standard output of scalewise; a refusal of the law is not a failure."""
    done = subprocess.run(["scalewise", *map(str, words)], capture_output=True, text=True)
    if done.returncode not in (0, 4, 5):
        raise SystemExit(done.stderr)
    return done.stdout


def rows(path):
    lines = Path(path).read_text().splitlines()
    head = lines[0].split(",")
    return [dict(zip(head, line.split(","))) for line in lines[1:]]


def axes(title, x, y, log="xy", size=(7.6, 4.8)):
    figure, ax = plt.subplots(figsize=size, layout="constrained")
    ax.set(title=title, xlabel=x, ylabel=y)
    if "x" in log:
        ax.set_xscale("log")
    if "y" in log:
        ax.set_yscale("log")
    ax.grid(alpha=0.3)
    return figure, ax


def scaling(out, floor, name, view):
    asked = ["--fit-below", "1e22", "--at", "2.3e22"]
    ask("plot", RUNS, *asked, "--view", view, "-o", out / f"{name}.ours.svg")
    found = json.loads(ask("forecast", RUNS, *asked, "--format", "json"))
    a, b, c = (p["value"] for p in found["parameters"])
    shift = c if floor else 0.0
    runs = [(float(r["flops"]), float(r["loss"])) for r in rows(RUNS)]
    figure, ax = axes("Cerebras-GPT", "Training compute C (FLOP)", "Loss L − c" if floor else "Loss L")
    x = np.geomspace(2e18, 3e22, 100)
    ax.plot(x, a * x**b + c - shift, label="fitted law")
    band = [json.loads(ask("forecast", RUNS, "--fit-below", "1e22", "--at", f"{t:.4g}", "--level", "0.9", "--method", "calibrated", "--format", "json", "--force")) for t in x[::9]]
    ends = [next(i for i in f["forecasts"][0]["intervals"] if i["kind"] == "prediction") for f in band]
    ax.fill_between(x[::9], [i["lower"] - shift for i in ends], [i["upper"] - shift for i in ends], alpha=0.2, label="90 % prediction band")
    ax.plot([p[0] for p in runs[:-1]], [p[1] - shift for p in runs[:-1]], "ko", label="runs")
    ax.plot(runs[-1][0], runs[-1][1] - shift, "go", mfc="none", label="actual")
    ax.plot(2.3e22, found["forecasts"][0]["point"] - shift, "r*", ms=12, label="forecast")
    ax.legend()
    figure.savefig(out / f"{name}.peer.png", dpi=110)


def laws(out):
    ask("plot", RUNS, "--fit-below", "1e22", "--at", "2.3e22", "--laws", "saturating,power,m3", "-o", out / "laws.ours.svg")
    figure, ax = axes("Laws side by side", "Training compute C (FLOP)", "Loss L")
    x = np.geomspace(2.6e18, 3e22, 100)
    for name, law in (("saturating", lambda c, p: p[0] * c ** p[1] + p[2]), ("power", lambda c, p: p[0] * c ** p[1]), ("m3", lambda c, p: p[0] * (1 / c + p[2]) ** -p[1])):
        fit = json.loads(ask("fit", RUNS, "--fit-below", "1e22", "--law", name, "--format", "json"))
        p = {q["name"]: q["value"] for q in fit["parameters"]}
        ax.plot(x, law(x, [p[k] for k in (("a", "b", "g") if name == "m3" else ("a", "b", "c") if name == "saturating" else ("a", "b"))]), label=name)
    ax.plot([float(r["flops"]) for r in rows(RUNS)], [float(r["loss"]) for r in rows(RUNS)], "ko")
    ax.legend()
    figure.savefig(out / "laws.peer.png", dpi=110)


def capability(out):
    asked = [COUNTS, "--fit-below", "1.05e12", "--at", "1e14"]
    ask("capability", *asked, "--plot", out / "capability.ours.svg", "--plot-problems", out / "problems.ours.svg")
    found = json.loads(ask("capability", *asked, "--format", "json"))
    figure, grid = plt.subplots(2, 3, figsize=(9, 6), layout="constrained")
    for ax, curve in zip(grid.flat, found["buckets"]):
        x = np.geomspace(8e9, 1.5e14, 50)
        ax.loglog(x, curve["alpha"] * x ** -curve["k"])
        points = [(p["compute"], p["metric"], p["role"]) for p in curve["points"]]
        ax.loglog(*zip(*[p[:2] for p in points if p[2] == "fit"]), "k.")
        ax.loglog(*zip(*[p[:2] for p in points if p[2] != "fit"]), "go", mfc="none")
        forecast = curve["forecasts"][0]
        i = next(i for i in forecast["intervals"] if i["method"] == "calibrated" and i["level"] == 0.9)
        ax.vlines(1e14, i["lower"], i["upper"], color="r")
        ax.plot(1e14, forecast["calibrated_metric"], "r*")
        ax.set_title(curve["name"])
    figure.savefig(out / "capability.peer.png", dpi=110)
    table = defaultdict(dict)
    for r in rows(COUNTS):
        table[r["problem"]][r["model"]] = int(r["n_correct"]) / int(r["n_samples"])
    models = list(dict.fromkeys(r["model"] for r in sorted(rows(COUNTS), key=lambda r: float(r["compute"]))))
    order = [p for c in found["buckets"] for p in c["problems"]]
    figure, ax = plt.subplots(figsize=(6.2, 7.6), layout="constrained")
    image = ax.imshow([[math.log10(max(table[p][m], 1e-3)) for m in models] for p in order], aspect="auto", origin="lower", cmap="Blues")
    figure.colorbar(image, label="log10 pass rate")
    ax.set(xlabel="model", ylabel="problem, easiest at the bottom")
    figure.savefig(out / "problems.peer.png", dpi=110)


def ledger(out):
    ask("ledger", ENTRIES, "--plot", out / "ledger.ours.svg")
    figure, ax = axes("Predicted against actual", "Actual", "Predicted")
    for file in sorted(ENTRIES.glob("*.score.json")):
        entry = json.loads(Path(str(file).replace(".score.json", ".json")).read_text())
        by_id = {p["id"]: p for p in entry["predictions"]}
        for s in json.loads(file.read_text())["scores"]:
            i = next(i for i in by_id[s["id"]]["intervals"] if i["method"] == "calibrated" and i["level"] == 0.9)
            ax.errorbar(s["actual"], s["point"], [[s["point"] - i["lower"]], [i["upper"] - s["point"]]], fmt="ko", ms=3)
    ends = np.array(ax.get_xlim())
    ax.plot(ends, ends, "k:")
    figure.savefig(out / "ledger.peer.png", dpi=110)


def surface(out, table):
    ask("allocate", table, "--compute", "1e23", "--plot", out / "allocation.ours.svg")
    ask("plot", table, "--law", "chinchilla", "-o", out / "contours.ours.svg")
    law = {p["name"]: p["value"] for p in json.loads(ask("fit", table, "--law", "chinchilla", "--format", "json"))["parameters"]}
    runs = rows(table)
    head = {k.lower(): k for k in runs[0]}
    column = lambda *names: np.array([float(r[next(head[n] for n in names if n in head)]) for r in runs])
    n, d = column("params", "n_params", "n"), column("tokens", "n_tokens", "d")
    gn, gd = np.meshgrid(np.geomspace(n.min(), n.max(), 80), np.geomspace(d.min(), d.max(), 80))
    figure, ax = axes("Loss by N and D", "Parameters N", "Training tokens D")
    drawn = ax.contour(gn, gd, law["E"] + law["A"] / gn ** law["alpha"] + law["B"] / gd ** law["beta"], 12)
    ax.clabel(drawn)
    ax.plot(n, d, "k.", ms=3)
    figure.savefig(out / "contours.peer.png", dpi=110)
    figure, ax = axes("Compute-optimal N and D", "Training compute C (FLOP)", "N, D")
    c = np.geomspace(1e18, 1e23, 60)
    g = (law["alpha"] * law["A"] / (law["beta"] * law["B"])) ** (1 / (law["alpha"] + law["beta"]))
    best = g * (c / 6) ** (law["beta"] / (law["alpha"] + law["beta"]))
    ax.plot(c, best, label="N*")
    ax.plot(c, c / 6 / best, label="D*")
    ax.legend()
    figure.savefig(out / "allocation.peer.png", dpi=110)


def trust(out):
    """The back-test and the levels of the report's page, whose pictures are taken out of it."""
    page = out / "report.html"
    table = ROOT / "data/simulated_ladder.csv"
    ask("report", table, "--fit-below", "1e23", "--at", "1e24", "-o", page)
    pictures = re.findall(r"<svg.*?</svg>", page.read_text(), re.S)
    for name, title in (("backtest", "What would have been forecast"), ("levels", "Intervals at")):
        (out / f"{name}.ours.svg").write_text(next(p for p in pictures if f">{title}" in p))
    tested = json.loads(ask("backtest", table, "--fit-below", "1e23", "--format", "json"))
    figure, ax = axes("Back-test", "Run ÷ largest run seen", "forecast ÷ actual − 1 (%)", log="x")
    for f in tested["forecasts"]:
        if band := f["band"]:
            ends = [100 * (band[k] / f["actual"] - 1) for k in ("lower", "upper")]
            ax.vlines(f["factor"], *ends, color="C0", alpha=0.4)
            ax.plot(f["factor"], 100 * (band["point"] / f["actual"] - 1), "C0o", ms=3)
    figure.savefig(out / "backtest.peer.png", dpi=110)
    levels = [round(0.05 * k, 2) for k in range(2, 20)]
    given = json.loads(ask("forecast", table, "--fit-below", "1e23", "--at", "1e24", "--level", ",".join(map(str, levels)), "--kind", "prediction", "--format", "json"))
    figure, ax = axes("Levels", "Loss L", "Level of the prediction interval (%)", log="")
    for method in ("calibrated", "profile", "delta"):
        own = [i for i in given["forecasts"][0]["intervals"] if i["method"] == method]
        for end in ("lower", "upper"):
            ax.plot([i[end] for i in own], [100 * i["level"] for i in own], color={"calibrated": "C3", "profile": "C0", "delta": "C4"}[method], label=method if end == "lower" else None)
    ax.legend()
    figure.savefig(out / "levels.peer.png", dpi=110)


def budgets(out, table):
    ask("isoflop", table, "--plot", out / "isoflop.ours.svg")
    ask("allocate", table, "--compute", "1e23", "--view", "residuals", "--plot", out / "residuals.ours.svg")
    law = {p["name"]: p["value"] for p in json.loads(ask("fit", table, "--law", "chinchilla", "--format", "json"))["parameters"]}
    runs = rows(table)
    head = {k.lower(): k for k in runs[0]}
    column = lambda *names: np.array([float(r[next(head[n] for n in names if n in head)]) for r in runs])
    n, d, loss = column("params", "n_params", "n"), column("tokens", "n_tokens", "d"), column("loss")
    figure, ax = axes("IsoFLOP", "Parameters N", "Loss L")
    place = np.round(2 * np.log10(6 * n * d)) / 2
    for budget in np.unique(place):
        here = place == budget
        ax.plot(n[here], loss[here], "o", ms=3, label=f"{10**budget:.0e}")
        if here.sum() > 3:
            x = np.geomspace(n[here].min(), n[here].max(), 50)
            ax.plot(x, np.polyval(np.polyfit(np.log(n[here]), loss[here], 2), np.log(x)), color=ax.lines[-1].get_color())
    ax.legend(ncols=2, fontsize=7)
    figure.savefig(out / "isoflop.peer.png", dpi=110)
    fitted = law["E"] + law["A"] / n ** law["alpha"] + law["B"] / d ** law["beta"]
    figure, grid = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained")
    for ax, x, name in zip(grid, (n, d, 6 * n * d), ("N", "D", "C")):
        ax.semilogx(x, 100 * (fitted / loss - 1), "k.", ms=3)
        ax.axhline(0, color="0.6")
        ax.set(xlabel=name, ylabel="fitted − observed (%)")
    figure.savefig(out / "residuals.peer.png", dpi=110)


def main():
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    scaling(out, False, "scaling", "loss")
    scaling(out, True, "reducible", "reducible")
    laws(out)
    capability(out)
    ledger(out)
    trust(out)
    if len(sys.argv) > 2:
        surface(out, Path(sys.argv[2]))
        budgets(out, Path(sys.argv[2]))
    names = sorted(p.name.split(".")[0] for p in out.glob("*.peer.png"))
    pairs = "".join(f'<h2>{n}</h2><div><img src="{n}.ours.svg"><img src="{n}.peer.png"></div>' for n in names)
    (out / "index.html").write_text(f"<!doctype html><style>div{{display:flex}}img{{width:50%;object-fit:contain}}</style>{pairs}")


if __name__ == "__main__":
    main()
