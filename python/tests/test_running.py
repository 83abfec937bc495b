"""Threads, forks, interrupts and progress during a computation."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import scalewise

# Where the package is: a child finds the same one.
PACKAGE = str(Path(scalewise.__file__).resolve().parents[1])

COMPUTE = [10 ** (18 + k / 4) for k in range(13)]
LOSS = [(20 * c**-0.1 + 1.5) * (1 + 0.002 * (-1) ** k) for k, c in enumerate(COMPUTE)]

FORKS = "fork" in multiprocessing.get_all_start_methods()
only_with_forks = pytest.mark.skipif(not FORKS, reason="this system has no fork")

# The start of a child: one ladder, and a number of ladders that takes minutes to compute.
LONG = """
    import random, warnings
    import scalewise

    warnings.simplefilter("ignore", scalewise.FindingWarning)
    compute = [10 ** (18 + k / 4) for k in range(13)]
    loss = [(20 * c**-0.1 + 1.5) * (1 + 0.002 * (-1) ** k) for k, c in enumerate(compute)]
    runs = {"compute": compute, "loss": loss}
    chance = random.Random(1)
    many = {
        "task": [task for task in range(6000) for _ in compute],
        "compute": compute * 6000,
        "loss": [one * (1 + chance.gauss(0, 1e-3)) for _ in range(6000) for one in loss],
    }
"""


def forecast(k: int) -> str:
    """The forecast of ladder number ``k``."""
    loss = [one * (1 + k / 100) for one in LOSS]
    return scalewise.forecast(compute=COMPUTE, loss=loss, at="100x").to_json()


def series(count: int) -> dict[str, list[Any]]:
    chance = random.Random(count)
    return {
        "task": [task for task in range(count) for _ in COMPUTE],
        "compute": COMPUTE * count,
        "loss": [loss * (1 + chance.gauss(0, 1e-3)) for _ in range(count) for loss in LOSS],
    }


def child(program: str, **how: Any) -> subprocess.Popen[str]:
    """Python with this program."""
    found = os.pathsep.join([PACKAGE, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(LONG) + textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": found},
        **how,
    )


@pytest.fixture(scope="module")
def expected() -> list[str]:
    return [forecast(k) for k in range(16)]


def test_eight_threads_give_the_numbers_of_one(expected: list[str]) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(forecast, range(16))) == expected


def test_threads_and_many_series_share_the_cores(expected: list[str]) -> None:
    many = series(40)
    alone = scalewise.fit(many, by="task").table.to_csv()
    with ThreadPoolExecutor(4) as threads:
        fits = [
            threads.submit(lambda: scalewise.fit(many, by="task").table.to_csv()) for _ in range(3)
        ]
        assert list(threads.map(forecast, range(8))) == expected[:8]
        assert [fit.result() for fit in fits] == [alone] * 3


def test_an_exception_of_a_thread_is_its_own(expected: list[str]) -> None:
    def ask(k: int) -> str:
        return (
            forecast(k)
            if k % 2
            else scalewise.forecast(compute=COMPUTE, loss=[1.0], at="10x").to_json()
        )

    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(ask, k) for k in range(16)]
    for k, one in enumerate(asked):
        if k % 2:
            assert one.result() == expected[k]
        else:
            assert isinstance(one.exception(), scalewise.UsageError)


def test_a_law_is_called_by_many_threads() -> None:
    law = scalewise.fit(compute=COMPUTE, loss=LOSS)
    places = [10 ** (18 + k / 100) for k in range(400)]
    alone = [law(x) for x in places]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(law, places)) == alone


def test_the_lock_is_free_while_computing() -> None:
    """Another thread continues to count while this one computes."""
    counted: list[int] = []
    ended = threading.Event()

    def count() -> None:
        while not ended.is_set():
            counted.append(1)
            time.sleep(0.001)

    other = threading.Thread(target=count)
    other.start()
    before = len(counted)
    scalewise.fit(series(400), by="task")
    during = len(counted) - before
    ended.set()
    other.join()
    assert during >= 5


def test_asyncio(expected: list[str]) -> None:
    async def ask() -> list[str]:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                beats += 1
                await asyncio.sleep(0.001)

        beating = asyncio.create_task(beat())
        answers = await asyncio.gather(*(asyncio.to_thread(forecast, k) for k in range(8)))
        beating.cancel()
        assert beats > 1
        return answers

    assert asyncio.run(ask()) == expected[:8]


def wait_for(process: int, seconds: float = 60) -> int:
    """The exit status of a child, which is ended where it hangs."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    raise AssertionError("a child hangs")


def forked(work: Callable[[], bool]) -> int:
    process = os.fork()
    if process:
        return process
    try:
        os._exit(0 if work() else 3)
    except BaseException:
        os._exit(4)


@only_with_forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_computes(expected: list[str]) -> None:
    # The threads of this process have been used before, and do not exist in the child.
    assert forecast(3) == expected[3]
    many = series(20)
    alone = scalewise.fit(many, by="task").table.to_csv()

    def work() -> bool:
        return forecast(3) == expected[3] and scalewise.fit(many, by="task").table.to_csv() == alone

    assert wait_for(forked(work)) == 0
    # A child of a child.
    assert wait_for(forked(lambda: wait_for(forked(work)) == 0)) == 0
    assert forecast(3) == expected[3]


@only_with_forks
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_that_is_forked_while_threads_compute(expected: list[str]) -> None:
    many = series(60)
    threads = [
        threading.Thread(target=scalewise.backtest, args=(many,), kwargs={"by": "task"})
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    children = [forked(lambda: forecast(5) == expected[5]) for _ in range(6)]
    assert [wait_for(process) for process in children] == [0] * 6
    for thread in threads:
        thread.join()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_processes(method: str, expected: list[str]) -> None:
    assert forecast(0) == expected[0]
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as processes:
        assert list(processes.map(forecast, range(4))) == expected[:4]
        refused = processes.submit(refuse).exception()
    assert isinstance(refused, scalewise.DataError)
    assert refused.hint == refuse_here().hint


def refuse() -> None:
    scalewise.fit(compute=[1e18, 1e19], width=[128, 256])


def refuse_here() -> scalewise.ScalewiseError:
    with pytest.raises(scalewise.ScalewiseError) as caught:
        refuse()
    return caught.value


LASTS = {
    "bootstrap": "scalewise.forecast(runs, at='100x', method='bootstrap', replicates=1_000_000)",
    "forecast by": "scalewise.forecast(table, by='task', at='100x')",
    "fit by": "scalewise.fit(table, by='task', law='m4')",
    "compare by": "scalewise.compare(table, by='task')",
    "backtest by": "scalewise.backtest(table, by='task')",
}


@pytest.mark.skipif(sys.platform == "win32", reason="this system sends no SIGINT to a child")
@pytest.mark.parametrize("name", LASTS)
def test_an_interrupt_stops_a_computation(name: str) -> None:
    process = child(
        f"""
        import signal, sys, time
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from scalewise._input import table as as_table
        table = as_table(many)
        print("ready", flush=True)
        try:
            {LASTS[name]}
            print("it ended by itself")
        except KeyboardInterrupt:
            stopped = time.time()
            # The interpreter, the threads and the module go on to work.
            print("stopped", stopped, scalewise.forecast(runs, at="10x").trust, flush=True)
        """
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        sent = time.time()
        process.send_signal(signal.SIGINT)
        said, error = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, error
    word, stopped, trust = said.split()
    assert word == "stopped"
    assert float(stopped) - sent < 2
    assert trust in ("trustworthy", "not-trustworthy")


def test_a_signal_handler_may_raise_what_it_likes() -> None:
    if not hasattr(signal, "SIGALRM"):
        pytest.skip("this system has no SIGALRM")

    class TooLong(Exception):
        pass

    def late(*_: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, late)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        began = time.monotonic()
        with pytest.raises(TooLong):
            scalewise.forecast(
                compute=COMPUTE, loss=LOSS, at="10x", method="bootstrap", replicates=1_000_000
            )
        assert time.monotonic() - began < 2.3
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Enough(Exception):
    """What a listener raises."""


@pytest.mark.parametrize("how", ["by", "bootstrap"])
def test_what_a_progress_function_raises_stops_the_computation(how: str) -> None:
    def listen(done: int, expected: int) -> None:
        if done > 0:
            raise Enough(done, expected)

    began = time.monotonic()
    with pytest.raises(Enough):
        if how == "by":
            scalewise.forecast(series(2000), by="task", at="100x", progress=listen)
        else:
            scalewise.forecast(
                compute=COMPUTE,
                loss=LOSS,
                at="10x",
                method="bootstrap",
                replicates=1_000_000,
                progress=listen,
            )
    assert time.monotonic() - began < 3
    assert scalewise.fit(compute=COMPUTE, loss=LOSS).status == "converged"


def test_progress_is_told_on_the_calling_thread_and_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    threads: set[int] = set()

    def listen(done: int, expected: int) -> None:
        told.append((done, expected))
        threads.add(threading.get_ident())

    answer = scalewise.forecast(series(100), by="task", at="100x", progress=listen)
    assert len(answer) == 100
    assert told[-1] == (100, 100)
    assert told == sorted(told)
    assert threads == {threading.get_ident()}


def test_progress_may_be_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    tqdm = pytest.importorskip("tqdm")
    many = series(30)
    alone = scalewise.fit(many, by="task").table.to_csv()
    with tqdm.tqdm(desc="ours") as bar:
        assert scalewise.fit(many, by="task", progress=bar).table.to_csv() == alone
        assert (bar.n, bar.total) == (30, 30)
    for progress in (tqdm.tqdm, True):
        assert scalewise.fit(many, by="task", progress=progress).table.to_csv() == alone
    assert scalewise.fit(many, by="task", progress=False).table.to_csv() == alone
    assert "30/30" in capsys.readouterr().err
    with pytest.raises(TypeError, match="progress is True"):
        scalewise.fit(many, by="task", progress=5)


def test_a_computation_inside_a_progress_function() -> None:
    """A listener that starts a computation itself does not deadlock."""
    inner: list[float] = []

    def listen(done: int, expected: int) -> None:
        if not inner:
            inner.append(scalewise.forecast(compute=COMPUTE, loss=LOSS, at="10x").point)

    scalewise.fit(series(400), by="task", progress=listen)
    assert inner == [scalewise.forecast(compute=COMPUTE, loss=LOSS, at="10x").point]


def test_a_computation_while_the_interpreter_ends() -> None:
    """A thread that still computes does not keep a program from ending, or crash it."""
    process = child(
        """
        import threading, time
        work = lambda: scalewise.forecast(runs, at="100x", method="bootstrap", replicates=1_000_000)
        threading.Thread(target=work, daemon=True).start()
        time.sleep(0.3)
        """
    )
    _, error = process.communicate(timeout=60)
    assert process.returncode == 0, error


def test_a_subinterpreter_is_refused_or_works() -> None:
    """From Python 3.12 on a module declares whether it supports subinterpreters."""
    try:
        import _interpreters as interpreters  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        interpreters = pytest.importorskip("_xxsubinterpreters")
    process = child(
        f"""
        import sys
        interpreters = __import__({interpreters.__name__!r})
        one = interpreters.create()
        program = "import sys; sys.path.insert(0, {PACKAGE!r}); import scalewise; print('works', scalewise.laws().trust)"
        try:
            said = interpreters.run_string(one, program)
        except Exception as error:
            said = error
        if said is not None:
            print("refused", said)
        sys.stdout.flush()
        print("here", scalewise.forecast(runs, at="10x").trust)
        """
    )
    said, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    assert "here " in said
    assert (
        "works trustworthy" in said
        if sys.version_info < (3, 12)
        else "does not support loading in subinterpreters" in said
    )


def test_importing_brings_no_other_library() -> None:
    program = (
        "import sys; before = set(sys.modules); import scalewise; "
        "print(sorted({name.split('.')[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": PACKAGE},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "['scalewise']"


def test_it_works_where_no_other_library_is() -> None:
    """Lists in, lists out, a chart and a page, with the standard library alone."""
    program = """
        import json, sys

        class Missing:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in {"numpy", "pandas", "polars", "pyarrow", "matplotlib", "tqdm"}:
                    raise ModuleNotFoundError(f"No module named '{name}'", name=name)

        sys.meta_path.insert(0, Missing())
        answer = scalewise.forecast(runs, at=["10x", "100x"])
        assert isinstance(answer.points, list)
        assert isinstance(answer.law.curve([1e18, 1e19]), list)
        assert answer.svg().startswith("<svg")
        assert answer._repr_html_()
        assert isinstance(answer.table["compute"], list)
        assert json.loads(answer.to_json())
        for ask in (answer.plot, answer.table.to_pandas, answer.table.to_polars):
            try:
                ask()
            except ImportError as error:
                print(error)
    """
    process = child(program)
    said, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    assert ".svg() draws one without it" in said
