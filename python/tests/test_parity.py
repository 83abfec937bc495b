"""The same numbers, to the last bit, as the command line gives: every verb, on this repository's data.

The program is the one that SCALEWISE_BIN names, or target/release/scalewise of this repository.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import scalewise

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("SCALEWISE_BIN", ROOT / "target" / "release" / "scalewise"))
NEEDED = "scalewise" in os.environ.get("SCALEWISE_TEST_NEEDS", "").split()

pytestmark = pytest.mark.skipif(
    not PROGRAM.is_file() and not NEEDED, reason=f"{PROGRAM} is not built: cargo build --release"
)

GPT = "data/cerebras_gpt.csv"
LADDER = "data/simulated_ladder.csv"
COUNTS = "data/ladder/pass_counts.csv"
HINDSIGHT = "data/hindsight_neglect_opt.csv"
SCORES = "python/tests/scores.csv"
SURFACE = "python/tests/surface.csv"


def run(*words: str) -> subprocess.CompletedProcess[bytes]:
    """What the program prints."""
    return subprocess.run([PROGRAM, *words], cwd=ROOT, capture_output=True, check=False)


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


# The words of the command line after the program, and the call in Python.
CASES: dict[str, tuple[list[str], str, list[object], dict[str, object]]] = {}


def case(name: str, words: str, verb: str, *given: object, **keywords: object) -> None:
    CASES[name] = (words.split(), verb, list(given), keywords)


case("check", f"check {GPT}", "check", GPT)
case("check counts", f"check {COUNTS}", "check", COUNTS)
case(
    "check columns",
    f"check {LADDER} --loss-col loss --where compute>1e19",
    "check",
    LADDER,
    loss_col="loss",
    where="compute>1e19",
)
case("fit", f"fit {GPT}", "fit", GPT)
case(
    "fit below", f"fit {GPT} --fit-below 1e22 --level 0.8", "fit", GPT, fit_below="1e22", level=0.8
)
case(
    "fit held",
    f"fit {GPT} --fix c=0.5 --bound b=-1..0",
    "fit",
    GPT,
    fix={"c": 0.5},
    bound={"b": (-1, 0)},
)
case("fit prior", f"fit {GPT} --prior c=0.5+-0.1", "fit", GPT, prior={"c": (0.5, 0.1)})
case("fit published prior", f"fit {GPT} --prior b=language", "fit", GPT, prior={"b": "language"})
case(
    "fit huber",
    f"fit {GPT} --objective huber --delta 0.002 --residuals log",
    "fit",
    GPT,
    objective="huber",
    delta=0.002,
    residuals="log",
)
case(
    "fit quantile",
    f"fit {LADDER} --objective quantile --quantile 0.3",
    "fit",
    LADDER,
    objective="quantile",
    quantile=0.3,
)
case(
    "fit power",
    f"fit {GPT} --law power --exclude model=111M",
    "fit",
    GPT,
    law="power",
    exclude=["model=111M"],
)
case(
    "fit held out",
    f"fit {GPT} --hold model=13B --hold model=111M",
    "fit",
    GPT,
    hold=["model=13B", "model=111M"],
)
case("fit over params", f"fit {GPT} --over params", "fit", GPT, over="params")
case(
    "fit let",
    f"fit {GPT} --let twice=2*flops --compute-col twice",
    "fit",
    GPT,
    let={"twice": "2*flops"},
    compute_col="twice",
)
case("fit surface", f"fit {SURFACE} --law chinchilla", "fit", SURFACE, law="chinchilla")
case(
    "forecast",
    f"forecast {GPT} --fit-below 1e22 --at 2.3e22",
    "forecast",
    GPT,
    fit_below=1e22,
    at=2.3e22,
)
case(
    "forecast several",
    f"forecast {GPT} --at 10x,1e24 --level 0.5,0.95 --method delta,profile",
    "forecast",
    GPT,
    at=["10x", 1e24],
    level=[0.5, 0.95],
    method=["delta", "profile"],
)
case(
    "forecast calibrated",
    f"forecast {GPT} --at 100x --method calibrated --kind prediction",
    "forecast",
    GPT,
    at="100x",
    method="calibrated",
    kind="prediction",
)
case(
    "forecast bootstrap",
    f"forecast {GPT} --at 10x --method bootstrap --replicates 60 --seed 3",
    "forecast",
    GPT,
    at="10x",
    method="bootstrap",
    replicates=60,
    seed=3,
)
case(
    "forecast reach", f"forecast {GPT} --reach 1.6 --force", "forecast", GPT, reach=1.6, force=True
)
case("forecast floors", f"forecast {GPT} --at 10x -v", "forecast", GPT, at="10x", verbose=True)
case("backtest", f"backtest {LADDER}", "backtest", LADDER)
case(
    "backtest power",
    f"backtest {GPT} --law power --method profile --level 0.8 --min-runs 4",
    "backtest",
    GPT,
    law="power",
    method="profile",
    level=0.8,
    min_runs=4,
)
case("compare", f"compare {GPT}", "compare", GPT)
case(
    "compare two",
    f"compare {LADDER} --laws power,saturating",
    "compare",
    LADDER,
    laws=["power", "saturating"],
)
case("capability", f"capability {COUNTS} --at 10x", "capability", COUNTS, at="10x")
case(
    "scores",
    f"capability {HINDSIGHT} --let compute=n_params --pass-rate-col accuracy --at 10x --force --chance 0.3",
    "capability",
    HINDSIGHT,
    let={"compute": "n_params"},
    pass_rate_col="accuracy",
    at="10x",
    force=True,
    chance=0.3,
)
case(
    "scores of sizes",
    f"capability {SCORES} --at 7B:1T,10x,1e23 --level 0.5,0.9 --law size,compute --where task=arc",
    "capability",
    SCORES,
    at=[(7e9, 1e12), "10x", 1e23],
    level=[0.5, 0.9],
    law=["size", "compute"],
    where="task=arc",
)
case(
    "scores of a suite",
    f"capability {SCORES} --by task --at 7B:1T",
    "capability",
    SCORES,
    by="task",
    at=("7B", 1e12),
)
case("scores alone", f"capability {SCORES} --by task", "capability", SCORES, by="task")
case("check scores", f"check {SCORES} --where task=arc", "check", SCORES, where="task=arc")
case("check series", f"check {SCORES} --by task", "check", SCORES, by="task")
case(
    "capability rules",
    f"capability {COUNTS} --at 10x --fit-below 1e13 --rule split --seed 3 --buckets 2",
    "capability",
    COUNTS,
    at="10x",
    fit_below=1e13,
    rule="split",
    seed=3,
    buckets=2,
)
case(
    "allocate",
    f"allocate {SURFACE} --compute 10x --replicates 50",
    "allocate",
    SURFACE,
    compute="10x",
    replicates=50,
)
case(
    "allocate inference",
    f"allocate {SURFACE} --compute 1e20 --n-inference 2T --price 2 --method delta --sizes 1e8",
    "allocate",
    SURFACE,
    compute=1e20,
    n_inference="2T",
    price=2,
    method="delta",
    sizes=1e8,
)
case("isoflop", f"isoflop {SURFACE}", "isoflop", SURFACE)
case("laws", "laws", "laws")
case("ledger", "ledger data/registered", "ledger", "data/registered")
case(
    "show",
    "show tests/fixtures/laws/v1_saturating.json",
    "show",
    "tests/fixtures/laws/v1_saturating.json",
)


@pytest.mark.parametrize("name", CASES)
def test_the_json_of_a_verb_is_that_of_the_command_line(name: str) -> None:
    words, verb, given, keywords = CASES[name]
    printed = run(*words, "--format", "json")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", scalewise.FindingWarning)
        answer = getattr(scalewise, verb)(*given, **keywords)
    assert printed.stdout, printed.stderr.decode()
    assert answer.to_json().encode() == printed.stdout
    table = run(*words, "--format", "csv").stdout
    assert answer.table.to_csv().encode() == table or verb == "allocate"


BY = [
    ("fit", ["--by", "task"], {"by": "task"}),
    ("forecast", ["--by", "task", "--at", "10x,1e23"], {"by": "task", "at": ["10x", 1e23]}),
    ("backtest", ["--by", "task"], {"by": "task"}),
    (
        "compare",
        ["--by", "task", "--laws", "power,saturating"],
        {"by": "task", "laws": ["power", "saturating"]},
    ),
]


@pytest.fixture
def series(tmp_path: Path) -> str:
    """Three series, of which the last has too few runs."""
    lines = ["task,compute,loss"]
    for task, (a, b, c, runs) in {
        "p": (20, 0.1, 1.5, 8),
        "q": (30, 0.12, 1.2, 7),
        "r": (9, 0.07, 0.8, 2),
    }.items():
        for k in range(runs):
            compute = 1e18 * 10 ** (k / 2)
            lines.append(f"{task},{compute!r},{(a * compute**-b + c) * (1 + 0.002 * (-1) ** k)!r}")
    path = tmp_path / "series.csv"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


@pytest.mark.parametrize(("verb", "flags", "keywords"), BY, ids=[one[0] for one in BY])
def test_many_series_are_those_of_the_command_line(
    verb: str, flags: list[str], keywords: dict[str, object], series: str
) -> None:
    answer = getattr(scalewise, verb)(series, **keywords)
    assert answer.to_json().encode() == run(verb, series, *flags, "--format", "json").stdout
    assert answer.table.to_csv().encode() == run(verb, series, *flags, "--format", "csv").stdout
    assert (
        repr(answer) + "\n"
        == run(verb, series, *flags, "--format", "text", "-o", "-").stdout.decode().rstrip("\n")
        + "\n"
    )


def test_what_only_counts_have_is_refused_alike() -> None:
    said = "needs counts for every problem, and the table has one score a model"
    printed = run("capability", SCORES, "--by", "task", "--pass-at", "10").stderr.decode()
    assert f"--pass-at {said}" in printed
    with pytest.raises(scalewise.UsageError, match=f"pass_at {said}"):
        scalewise.capability(SCORES, by="task", pass_at=10)


def test_recipes_are_compared_as_by_the_command_line(series: str, tmp_path: Path) -> None:
    words = ["versus", series, "--by", "task", "--at", "1e23", "--power", "--exclude", "task = r"]
    keywords = {"by": "task", "at": 1e23, "power": True, "exclude": "task = r"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", scalewise.FindingWarning)
        answer = scalewise.versus(series, **keywords)
    assert answer.to_json().encode() == run(*words, "--format", "json").stdout
    assert answer.table.to_csv().encode() == run(*words, "--format", "csv").stdout
    assert answer.svg().startswith("<svg")

    both = {"old": {"a": 20, "b": -0.1, "c": 1.5}, "new": {"a": 19, "b": -0.1, "c": 1.5}}
    paths = {name: tmp_path / f"{name}.csv" for name in both}
    tables = {
        name: scalewise.simulate(set=law, noise=0.002, seed=k, path=paths[name])
        for k, (name, law) in enumerate(both.items())
    }
    words = ["versus", *map(str, paths.values()), "--unpaired", "--fix", "b=-0.1"]
    printed = run(*words, "--format", "json").stdout
    made = scalewise.versus(*paths.values(), unpaired=True, fix={"b": -0.1})
    assert made.to_json().encode() == printed
    named = scalewise.versus(tables, unpaired=True, fix={"b": -0.1})
    assert named.base == "old"
    places = [one["places"] for one in named.to_dict()["compared"]]
    assert places == [one["places"] for one in made.to_dict()["compared"]]
    law = scalewise.fit(tables["old"])
    assert scalewise.versus(*tables.values(), law_from=law).trust in (
        "trustworthy",
        "not-trustworthy",
    )


def test_targets_of_a_table(series: str, tmp_path: Path) -> None:
    targets = tmp_path / "targets.csv"
    targets.write_text("task,compute\np,1e24\nq,100x\nz,1e24\n")
    printed = run(
        "forecast", series, "--by", "task", "--targets", str(targets), "--format", "csv"
    ).stdout.decode()
    answer = scalewise.forecast(series, by="task", targets=targets)
    assert answer.table.to_csv() == printed
    rows = {"task": ["p", "q", "z"], "compute": [1e24, "100x", 1e24]}
    assert scalewise.forecast(series, by="task", targets=rows).table.to_csv() == printed


def test_a_simulated_table_is_that_of_the_command_line() -> None:
    words = "simulate --law saturating --set a=20,b=-0.1,c=1.5 --runs 9 --noise 0.01 --seed 4 --at 1e24 --plus power:a=0.3,b=-0.05"
    table = scalewise.simulate(
        set={"a": 20, "b": -0.1, "c": 1.5},
        runs=9,
        noise=0.01,
        seed=4,
        at=1e24,
        plus={"power": {"a": 0.3, "b": -0.05}},
    )
    assert table.to_csv().encode() == run(*words.split()).stdout


def test_an_entry_its_check_and_its_score_are_those_of_the_command_line(tmp_path: Path) -> None:
    time = "2026-03-01T12:00:00Z"
    # A score names the file of its entry.
    ours, theirs = tmp_path / "ours" / "entry.json", tmp_path / "theirs" / "entry.json"
    for path in (ours, theirs):
        path.parent.mkdir()
    run(
        "register",
        GPT,
        "--fit-below",
        "1e22",
        "--at",
        "2.3e22",
        "--registered-at",
        time,
        "-o",
        str(theirs),
    )
    entry = scalewise.register(GPT, fit_below=1e22, at=2.3e22, registered_at=time, path=ours)
    assert ours.read_bytes() == theirs.read_bytes()
    printed = run("verify", str(ours), GPT, "--format", "json").stdout
    assert scalewise.verify(entry, GPT).to_json().encode() == printed
    later = "2026-06-01T12:00:00Z"
    run("score", str(theirs), "--actual", "1.61", "--scored-at", later, "--trained-after", time)
    scored = scalewise.score(entry, 1.61, scored_at=later, trained_after=time)
    assert scored.to_json().encode() == theirs.with_name("entry.score.json").read_bytes()


def test_an_entry_of_scores_and_their_outcome(tmp_path: Path) -> None:
    time, later = "2026-03-01T12:00:00Z", "2026-06-01T12:00:00Z"
    ours, theirs = tmp_path / "ours" / "entry.json", tmp_path / "theirs" / "entry.json"
    for path in (ours, theirs):
        path.parent.mkdir()
    words = f"register capability {SCORES} --by task --at 7B:1T --registered-at {time}"
    run(*words.split(), "-o", str(theirs))
    entry = scalewise.register(
        SCORES,
        question="capability",
        by="task",
        at="7B:1T",
        registered_at=time,
        path=ours,
    )
    assert ours.read_bytes() == theirs.read_bytes()
    assert [one["id"] for one in entry.predictions] == [
        "arc/score@4.2e22",
        "piqa/score@4.2e22",
        "average/score@4.2e22",
    ]
    printed = run("verify", str(ours), SCORES, "--format", "json").stdout
    verified = scalewise.verify(entry, SCORES)
    assert verified.trust == "trustworthy"
    assert verified.to_json().encode() == printed
    outcomes = ["--actual", "arc/score=0.7", "--actual", "piqa/score=0.8"]
    run("score", str(theirs), *outcomes, "--scored-at", later)
    scored = scalewise.score(entry, {"arc/score": 0.7, "piqa/score": 0.8}, scored_at=later)
    assert scored.to_json().encode() == theirs.with_name("entry.score.json").read_bytes()
    with pytest.raises(scalewise.UsageError, match="a score is a fraction from 0 to 1"):
        scalewise.score(entry, {"arc/score": 70}, scored_at=later)


@pytest.mark.parametrize("question", ["capability", "allocate"])
def test_entries_of_other_questions(question: str, tmp_path: Path) -> None:
    time = "2026-03-01T12:00:00Z"
    theirs = tmp_path / "theirs.json"
    table, flag, key = (
        (COUNTS, "--at", "at") if question == "capability" else (SURFACE, "--compute", "compute")
    )
    run("register", question, table, flag, "10x", "--registered-at", time, "-o", str(theirs))
    entry = scalewise.register(table, question=question, registered_at=time, **{key: "10x"})
    assert entry.to_json().encode() == theirs.read_bytes()


def test_a_report_differs_in_the_command_alone() -> None:
    def without_command(page: dict[str, object]) -> dict[str, object]:
        text = json.dumps(page)
        command = json.dumps(page["provenance"]["command"])  # type: ignore[index]
        return json.loads(text.replace(command, '""'))

    for table, words, keywords in [
        (GPT, ["--fit-below", "1e22", "--at", "2.3e22"], {"fit_below": 1e22, "at": 2.3e22}),
        (COUNTS, ["--at", "10x"], {"at": "10x"}),
        (SCORES, ["--by", "task", "--at", "7B:1T"], {"by": "task", "at": (7e9, 1e12)}),
        (SURFACE, ["--law", "chinchilla"], {"law": "chinchilla"}),
    ]:
        printed = json.loads(run("report", table, *words, "--format", "json").stdout)
        made = scalewise.report(table, **keywords).to_dict()
        assert made["provenance"]["command"].startswith("scalewise.report(")
        assert without_command(made) == without_command(printed)


def test_a_chart_is_that_of_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "chart.svg"
    run(
        "plot", GPT, "--fit-below", "1e22", "--at", "2.3e22", "--view", "reducible", "-o", str(path)
    )
    chart = scalewise.plot(GPT, fit_below=1e22, at=2.3e22, view="reducible")
    assert chart.svg() == path.read_text()
    run("capability", SCORES, "--by", "task", "--at", "10x", "--plot", str(path))
    scores = scalewise.capability(SCORES, by="task", at="10x")
    assert scores.svg(size=(620, 420)) == path.read_text()
    run("forecast", GPT, "--fit-below", "1e22", "--at", "2.3e22", "--plot", str(path))
    assert scalewise.forecast(GPT, fit_below=1e22, at=2.3e22).svg() == path.read_text()


FORMATS = (
    sorted((ROOT / "tests" / "fixtures" / "formats").iterdir()) if (ROOT / "tests").is_dir() else []
)


@pytest.mark.parametrize("path", FORMATS, ids=lambda path: path.name)
def test_every_format_is_read_as_the_command_line_reads_it(path: Path) -> None:
    printed = run("check", str(path.relative_to(ROOT)), "--format", "json")
    # The program may be built without spreadsheets and Parquet, which the wheel reads.
    if b"with the feature" in printed.stderr:
        pytest.skip("the program was built without this format")
    try:
        made = scalewise.check(str(path.relative_to(ROOT))).to_json().encode()
    except scalewise.ScalewiseError as error:
        assert printed.returncode != 0
        said = printed.stderr.decode()
        assert error.message.splitlines()[0] in said
        return
    assert made == printed.stdout


def test_python_is_the_one_that_is_installed() -> None:
    assert scalewise.__version__ in run("--version").stdout.decode()
    assert sys.version_info >= (3, 10)
