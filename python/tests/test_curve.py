"""The end of a training run: the same as by the command line, and watched from a loop."""

from __future__ import annotations

import json
import subprocess
import sys
import types
from pathlib import Path

import pytest
import scalewise
from test_parity import PROGRAM

STEPS = [50.0 * k for k in range(1, 101)]
LOSSES = [2.0 + 30.0 * t**-0.5 for t in STEPS]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    rows = (f"{t!r},{y!r}\n" for t, y in zip(STEPS, LOSSES))
    path.write_text("step,loss\n" + "".join(rows))
    return path


@pytest.mark.skipif(
    not PROGRAM.is_file(), reason="the program is not built, and SCALEWISE_BIN names none"
)
def test_a_curve_is_that_of_the_command_line(log: Path) -> None:
    answer = scalewise.curve(log, end=10_000, schedule="linear:warmup=100", level=[0.8, 0.9])
    words = ["curve", log, "--end", "10000", "--schedule", "linear:warmup=100", "--format", "json"]
    said = subprocess.run([PROGRAM, *words], capture_output=True, check=True)
    assert answer.to_dict() == json.loads(said.stdout)
    low, high = answer.interval(0.9)
    assert low < answer.point < high
    again = scalewise.curve(step=STEPS, loss=LOSSES, end="10000", schedule="linear:warmup=100")
    assert again.point == answer.point


def test_what_makes_no_sense_is_refused(log: Path) -> None:
    with pytest.raises(scalewise.UsageError, match="beyond its last step"):
        scalewise.curve(log, end=100)
    with pytest.raises(scalewise.UsageError, match="did you mean 'cosine'"):
        scalewise.curve(log, end=10_000, schedule="cosin")


def test_a_loop_is_watched(capsys: pytest.CaptureFixture[str]) -> None:
    watch = scalewise.Watch(end=10_000, every=50, schedule="constant")
    for step, loss in zip(STEPS, LOSSES):
        watch.log(step, loss)
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert watch.last is not None and abs(watch.last.point - 2.3) < 0.02
    assert watch.log(10_000, 2.3) is None and watch.forecast() is None


def test_a_trainer_is_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("transformers")
    module.TrainerCallback = object  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "transformers", module)
    answers: list[scalewise.RunEnd] = []
    watch = scalewise.Watch(every=100, on_forecast=answers.append, schedule="constant")
    callback = watch.trainer_callback()
    for step, loss in zip(STEPS, LOSSES):
        state = types.SimpleNamespace(global_step=step, max_steps=10_000)
        callback.on_log(None, state, None, logs={"loss": loss, "learning_rate": 3e-4})
        callback.on_log(None, state, None, logs={"eval_loss": loss})
    assert len(answers) == 1 and abs(answers[0].point - 2.3) < 0.02


@pytest.mark.skipif(
    not PROGRAM.is_file(), reason="the program is not built, and SCALEWISE_BIN names none"
)
def test_a_recipe_is_that_of_the_command_line(log: Path, tmp_path: Path) -> None:
    schedules = ["linear:warmup=100", "wsd:warmup=100,decay=20%"]
    theirs, ours = tmp_path / "theirs.json", tmp_path / "ours.json"

    def run(*words: object) -> bytes:
        given = [PROGRAM, "curve", *map(str, words)]
        return subprocess.run(given, capture_output=True, check=True).stdout

    run("fit", log, log, "--schedule", "constant", "-o", theirs)
    recipe = scalewise.curve_fit(log, log, schedule="constant", path=ours)
    assert ours.read_bytes() == theirs.read_bytes() == recipe.to_json().encode()
    asked = [word for schedule in schedules for word in ("--schedule", schedule)]
    said = json.loads(run("compare", theirs, "--end", 10_000, *asked, "--format", "json"))
    with pytest.warns(scalewise.FindingWarning):
        answer = scalewise.curve_compare(recipe, end=10_000, schedule=schedules)
        assert answer.to_dict() == said
        one = scalewise.curve_forecast(theirs, end=10_000, schedule=schedules[0])
        assert one.points == answer.points[:1]
    assert "Learning rate" in recipe.chart().svg() and "less" in answer.chart().svg()
    with_prior = scalewise.curve(log, end=10_000, schedule=schedules[0], prior=recipe)
    assert with_prior.response_from == "recipe"
    by_file = scalewise.curve(log, end=10_000, schedule=schedules[0], prior=theirs)
    assert by_file.point == with_prior.point
    with pytest.raises(scalewise.FileError, match="exists already"):
        scalewise.curve_fit(log, schedule="constant", path=ours)


def test_the_end_of_a_run_is_registered_and_scored(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "entry.json"
    entry = scalewise.register(log, question="curve", end=10_000, schedule="constant", path=path)
    [prediction] = entry.predictions
    assert prediction["id"] == "loss@step=10000"
    assert prediction["point"] == scalewise.curve(log, end=10_000, schedule="constant").point
    assert "identical" in str(scalewise.verify(path, log))
    score = scalewise.score(path, 2.3, path=tmp_path / "score.json")
    assert score.scores[0]["intervals"][0]["inside"]


def test_a_recipe_is_never_written_over_an_entry(log: Path, tmp_path: Path) -> None:
    path = tmp_path / "entry.json"
    scalewise.register(log, question="curve", end=10_000, schedule="constant", path=path)
    kept = path.read_bytes()
    with pytest.raises(scalewise.FileError, match="not overwritten"):
        scalewise.curve_fit(log, schedule="constant", path=path, overwrite=True)
    assert path.read_bytes() == kept


def test_what_others_forecast_is_kept_and_scored(tmp_path: Path) -> None:
    path = tmp_path / "theirs.json"
    said = {"who": "a laboratory", "source": "its report", "published": "2026-04"}
    scalewise.register(question="external", at="1e23", point=2.252, path=path, **said)
    score = scalewise.score(path, 2.234, path=tmp_path / "theirs.score.json")
    assert abs(score.scores[0]["error"] - 0.0080) < 1e-4
    assert "published 2026-04" in str(scalewise.ledger(tmp_path))
    with pytest.raises(scalewise.UsageError, match="rests on no table"):
        scalewise.register({"compute": [1e18], "loss": [3.0]}, question="external", **said)


def test_runs_of_a_parquet_file_are_those_of_a_table(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    columns: dict[str, list[float | str]] = {
        "run": ["a"] * 100 + ["b"] * 80,
        "params": [1e8] * 100 + [4e8] * 80,
        "max_steps": [5000.0] * 180,
        "step": STEPS + STEPS[:80],
        "tokens": [2e6 * step for step in STEPS + STEPS[:80]],
        "loss": LOSSES + [0.9 * loss for loss in LOSSES[:80]],
    }
    path = tmp_path / "logs.parquet"
    parquet.write_table(pyarrow.table(columns), path)
    asked = {"by": "run", "end_col": "max_steps", "schedule": "constant"}
    answer = scalewise.curve(path, **asked)
    assert [run["state"] for run in answer.runs] == ["ended", "forecast"]
    carried = {"run": "b", "params": "400000000.0", "tokens": "10000000000.0"}
    assert answer.runs[1]["columns"] == carried
    assert answer.points == scalewise.curve(columns, **asked).points


def test_branches_of_one_trunk_have_a_larger_sigma() -> None:
    branch = {
        "run": ["a"] * 100 + ["b"] * 20 + ["c"] * 20,
        "parent": [""] * 100 + ["a"] * 40,
        "step": STEPS + STEPS[80:] + STEPS[80:],
        "lr": [1.0] * 100 + [0.0] * 40,
        "loss": LOSSES + [0.9 * loss for loss in LOSSES[80:]] * 2,
    }
    asked = {"by": "run", "end": 5000, "schedule": "constant"}
    apart = scalewise.curve(branch, **asked).runs
    shared = scalewise.curve(branch, **asked, trunk_col="parent").runs
    assert [run["trunk"] for run in shared] == ["a", "a", "a"]
    assert shared[0]["point"] is None and shared[1]["branches"] == 2
    assert apart[0]["point"] is not None and apart[1]["trunk"] is None
    with pytest.raises(scalewise.UsageError, match="trunk_col is for several runs"):
        scalewise.curve(branch, end=10_000, trunk_col="parent")
