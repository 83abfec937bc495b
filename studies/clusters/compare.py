"""Runs the same forecasts in one process, with Spark and with Ray, and compares them cell by cell.

    python -m venv cluster && cluster/bin/pip install ./python -r studies/clusters/requirements.txt
    cluster/bin/python studies/clusters/compare.py 100000

prints how many series each forecasts a second beside one process, the memory of all its processes,
and whether every cell is that of one process. `--sample 10000` compares with one process that
forecasts only so many of the series. `--batches` measures calls with few and many series. Spark
needs Java 17.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow
import pyarrow.compute
import pyarrow.parquet

import runs

HERE = Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
# The start-up time is measured with this many series.
FEW = 500


class Used:
    """The resources used by a program and its child processes."""

    def __init__(self, words: list[str], **environment: str) -> None:
        self.processor: dict[int, float] = {}
        self.peak = self.worker = 0
        with tempfile.TemporaryFile("w+") as said:
            start = time.perf_counter()
            child = subprocess.Popen(
                [sys.executable, *words],
                env={**os.environ, **environment},
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
            while child.poll() is None:
                self._look(child.pid)
                time.sleep(0.1)
            self.seconds = time.perf_counter() - start
            if child.returncode != 0:
                said.seek(0)
                sys.exit(f"{' '.join(words)} failed:\n{said.read()[-4000:]}")

    @property
    def processor_seconds(self) -> float:
        return sum(self.processor.values())

    def _look(self, top: int) -> None:
        parents, memory = {}, {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                name, rest = (entry / "stat").read_text().rsplit(")", 1)
            except OSError:
                continue
            cells = rest.split()
            pid = int(entry.name)
            parents[pid] = int(cells[1])
            worker = name.partition("(")[2].startswith(("python", "ray::"))
            memory[pid] = (int(cells[21]) * PAGE, int(cells[11]) + int(cells[12]), worker)
        ours = {top}
        while more := {pid for pid, of in parents.items() if of in ours} - ours:
            ours |= more
        there = {pid: memory[pid] for pid in ours if pid in memory}
        for pid, (_, ticks, _) in there.items():
            self.processor[pid] = ticks / TICK
        self.peak = max(self.peak, sum(size for size, _, _ in there.values()))
        python = [size for size, _, worker in there.values() if worker]
        self.worker = max(self.worker, *python, 0)


def read(path: Path) -> pyarrow.Table:
    """Forecasts in the order of their series."""
    table = pyarrow.parquet.read_table(path)
    text = pyarrow.compute.cast(table["series"], pyarrow.string())
    table = table.set_column(table.schema.get_field_index("series"), "series", text)
    return table.sort_by("series").combine_chunks()


def differing(one: pyarrow.Table, other: pyarrow.Table) -> int:
    """How many cells differ in any bit; a missing row or column is an error."""
    keep = pyarrow.compute.is_in(other["series"], value_set=one["series"])
    other = other.filter(keep).select(one.column_names)
    if one.num_rows != other.num_rows:
        sys.exit(f"{one.num_rows} rows in one process, {other.num_rows} elsewhere")
    pairs = (zip(one[name].to_pylist(), other[name].to_pylist()) for name in one.column_names)
    return sum(a != b for column in pairs for a, b in column)


def engines(series: int, sample: int | None, work: Path) -> None:
    runs.write(FEW, work / "few")
    runs.write(series, work / "runs")
    alone = work / "runs"
    if sample is not None and sample < series:
        alone = work / "sample"
        alone.mkdir(exist_ok=True)
        table = runs.table(series)
        keep = pyarrow.compute.less(table["series"], sample)
        pyarrow.parquet.write_table(table.filter(keep), alone / "part.parquet")
    print(f"{series} series of {runs.RUNS} runs, {os.cpu_count()} processors")
    print(
        "Less what the same program takes for few series, on the clock (wall) and in processor time:"
    )
    print(
        "program         wall s  start s  series a wall s  beside one  processor s  start s  "
        "series a processor s  beside one  peak MB  largest Python MB  cells that differ"
    )
    one, first = None, (1.0, 1.0)
    for program in ("in_one_process", "on_spark", "on_ray"):
        source = alone if program == "in_one_process" else work / "runs"
        count = min(series, sample or series) if program == "in_one_process" else series
        script, goal = str(HERE / f"{program}.py"), work / program
        start = Used([script, str(work / "few"), str(work / f"{program}-few")])
        used = Used([script, str(source), str(goal)], GROUPS_OF_SERIES=str(max(series // 1000, 8)))
        rate = (
            (count - FEW) / (used.seconds - start.seconds),
            (count - FEW) / (used.processor_seconds - start.processor_seconds),
        )
        answers = read(goal)
        if one is None:
            one, first = answers, rate
        cells = f"{differing(one, answers)} of {one.num_rows * one.num_columns}"
        print(
            f"{program:14} {used.seconds:7.1f} {start.seconds:8.1f} {rate[0]:16.0f} {rate[0] / first[0]:11.2f} "
            f"{used.processor_seconds:12.1f} {start.processor_seconds:8.1f} {rate[1]:21.0f} "
            f"{rate[1] / first[1]:11.2f} {used.peak / 1e6:8.0f} {used.worker / 1e6:18.0f}  {cells}",
            flush=True,
        )


def batches(series: int, work: Path) -> None:
    runs.write(series, work / "runs")
    print(f"{series} series of {runs.RUNS} runs in one process on one thread")
    print("series a call  processor ms a series  peak MB")
    script = str(HERE / "in_one_process.py")
    runs.write(1, work / "none")
    idle = Used([script, str(work / "none"), str(work / "idle")], RAYON_NUM_THREADS="1")
    for each in (1, 10, 100, 1_000, 10_000, 100_000):
        if each <= series:
            words = [script, str(work / "runs"), str(work / "out"), str(each * runs.RUNS)]
            used = Used(words, RAYON_NUM_THREADS="1")
            spent = 1e3 * (used.processor_seconds - idle.processor_seconds) / series
            print(f"{each:13} {spent:22.3f} {used.peak / 1e6:8.0f}", flush=True)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("series", type=int, nargs="?", default=100_000)
    asked.add_argument("--sample", type=int)
    asked.add_argument("--batches", action="store_true")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.batches:
            batches(given.series, Path(folder))
        else:
            engines(given.series, given.sample, Path(folder))
