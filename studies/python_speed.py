"""How fast the module is: `python studies/python_speed.py [WHEEL]`.

- The import after that of NumPy, in processes of their own.
- One forecast of a frame of pandas.
- 100,000 series of eight runs from a frame of polars, beside `groupby().apply` with
  `scipy.optimize.curve_fit` on 1,000 of them, which gives the parameters alone, from a good
  start and with compute in a unit that suits it.
- The size of a wheel, where one is named.

This needs `./python[test]`. The series are simulated with known truth (seed 1,
`studies/clusters/runs.py`). Ratios are of one run of this program.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "studies" / "clusters"))
ROUNDS = 15
SERIES, FEW = 100_000, 1_000


def import_time() -> None:
    program = (
        "import time; import numpy; wall = time.perf_counter(); own = time.process_time(); "
        "import scalewise; print(time.perf_counter() - wall, time.process_time() - own)"
    )
    # As installed: with bytecode, which the first import writes.
    around = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    words = [sys.executable, "-c", program]
    subprocess.run(words, check=True, capture_output=True, env=around)
    wall, own = [], []
    for _ in range(ROUNDS):
        done = subprocess.run(words, check=True, capture_output=True, text=True, env=around)
        said = done.stdout.split()
        wall.append(1e3 * float(said[0]))
        own.append(1e3 * float(said[1]))
    print(
        f"import beyond that of numpy: {statistics.median(wall):.1f} ms on the clock (fastest "
        f"{min(wall):.1f}), {statistics.median(own):.1f} ms of the processor (fastest {min(own):.1f}), "
        f"of {ROUNDS}"
    )


def one_forecast() -> None:
    import pandas
    import scalewise

    runs = pandas.read_csv(ROOT / "data" / "cerebras_gpt.csv")
    wall, own = [], []
    for _ in range(200):
        start, before = time.perf_counter(), time.process_time()
        scalewise.forecast(runs, fit_below=1e22, at=2.3e22)
        wall.append(1e3 * (time.perf_counter() - start))
        own.append(1e3 * (time.process_time() - before))
    print(
        f"one forecast from pandas: {statistics.median(wall):.2f} ms on the clock (fastest "
        f"{min(wall):.2f}), {statistics.median(own):.2f} ms of the processor, of 200"
    )


def many_series() -> None:
    import numpy
    import pandas
    import polars
    import scalewise
    from scipy.optimize import curve_fit

    import runs

    frame = polars.DataFrame(runs.table(SERIES))
    few = frame.filter(polars.col("series") < FEW).to_pandas()

    def law(compute, a, b, c):
        return a * compute**b + c

    def by_curve_fit(**words) -> None:
        def parameters(one: pandas.DataFrame) -> pandas.Series:
            x, start = one["compute"] / 1e18, [1.5, -0.1, 1]
            return pandas.Series(curve_fit(law, x, one["loss"], p0=start, **words)[0])

        few.groupby("series")[["compute", "loss"]].apply(parameters)

    def timed(work) -> tuple[float, float]:
        wall, processor = time.perf_counter(), time.process_time()
        work()
        return time.perf_counter() - wall, time.process_time() - processor

    ends = ([0, -1, 0], [numpy.inf, 0, numpy.inf])
    peers = {
        "curve_fit with bounds": timed(lambda: by_curve_fit(bounds=ends)),
        "curve_fit without bounds": timed(lambda: by_curve_fit(maxfev=10_000)),
    }
    asked = {"method": "calibrated", "kind": "prediction", "level": 0.9}
    ours = {
        "fit": timed(lambda: scalewise.fit(frame, by="series").table),
        "forecast": timed(lambda: scalewise.forecast(frame, by="series", at=1e23, **asked).table),
    }
    print(f"{SERIES} series from polars, beside groupby().apply(...) on {FEW}, series a second:")
    for name, fast in ours.items():
        for peer, slow in peers.items():
            wall, own = (SERIES / FEW * s / f for s, f in zip(slow, fast))
            print(f"  {name} beside {peer}: {wall:.0f} times as many, {own:.0f} in processor time")
    for name, (wall, own) in {**ours, **peers}.items():
        print(f"  {name}: {wall:.1f} s on the clock, {own:.1f} s of the processor")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors")
    import_time()
    one_forecast()
    many_series()
    for wheel in sys.argv[1:]:
        print(f"{Path(wheel).name}: {Path(wheel).stat().st_size / 1e6:.2f} MB")
