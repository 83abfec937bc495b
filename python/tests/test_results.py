"""Answers as objects: attributes, text, tables, curves, charts, files, warnings and errors."""

from __future__ import annotations

import copy
import json
import math
import multiprocessing
import pickle
import subprocess
import sys
import warnings
import xml.etree.ElementTree
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import scalewise

Columns = dict[str, list[Any]]

ROOT = Path(__file__).resolve().parents[2]
# Runs of which three are too few to say how far the curve can be trusted.
FEW = {"compute": [1e18, 1e20, 1e22], "loss": [3.1, 2.46, 2.1]}
RISES = {
    "compute": [10.0 ** (18 + k / 2) for k in range(9)],
    "loss": [2.0 + 0.1 * k for k in range(9)],
}
SURFACE = [
    {
        "params": n,
        "tokens": c / (6 * n),
        "loss": (1.7 + 480 / n**0.35 + 2100 / (c / (6 * n)) ** 0.37) * (1 + 1e-3 * (-1) ** k),
    }
    for c, middle in ((1e18, 1e8), (1e19, 3e8), (1e20, 1e9))
    for k, n in enumerate([middle * 2.0**k for k in range(-3, 4)])
]
COUNTS = [
    {
        "model": f"m{k}",
        "compute": 10.0 ** (20 + k / 2),
        "problem": f"p{p}",
        "samples": 100,
        "passes": round(100 / (1 + math.exp(3 - 0.5 * k + 0.2 * p))),
    }
    for k in range(8)
    for p in range(12)
]
# −ln of what is left of a score above guessing falls with parameters and with tokens.
SCORES = [
    {
        "model": f"m{n:g}-{d:g}",
        "params": n,
        "tokens": n * d,
        "task": task,
        "chance": chance,
        "accuracy": chance
        + (1 - chance) * math.exp(-(a * n**-0.27 + b * (n * d) ** -0.27))
        + 0.005 * math.sin(7 * k + d),
    }
    for task, chance, a, b in (("arc", 0.25, 70, 140), ("piqa", 0.5, 45, 90))
    for k, n in enumerate((1.9e8, 3.7e8, 7.6e8, 1.3e9))
    for d in (20, 40, 100, 200)
]
WHEN = "2026-03-01T12:00:00Z"


def fails(ask: Callable[[], Any]) -> scalewise.ScalewiseError:
    with pytest.raises(scalewise.ScalewiseError) as caught:
        ask()
    return caught.value


def warned(ask: Callable[[], Any]) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as got:
        warnings.simplefilter("always")
        ask()
    return [one for one in got if issubclass(one.category, scalewise.FindingWarning)]


ANSWERS: dict[str, Callable[[Columns], Any]] = {
    "check": lambda c: scalewise.check(c),
    "fit": lambda c: scalewise.fit(c),
    "surface": lambda c: scalewise.fit(SURFACE, law="chinchilla"),
    "forecast": lambda c: scalewise.forecast(c, at=["10x", 1e25]),
    "backtest": lambda c: scalewise.backtest(c),
    "compare": lambda c: scalewise.compare(c, laws=["power", "saturating"]),
    "capability": lambda c: scalewise.capability(COUNTS, at="10x", force=True),
    "scores": lambda c: scalewise.capability(SCORES, by="task", at=["10x", (7e9, 1e12)]),
    "allocate": lambda c: scalewise.allocate(SURFACE, compute="10x", method="delta"),
    "isoflop": lambda c: scalewise.isoflop(SURFACE),
    "register": lambda c: scalewise.register(c, at="10x", registered_at=WHEN),
    "report": lambda c: scalewise.report(c, at="10x"),
    "laws": lambda c: scalewise.laws(),
}


@pytest.mark.parametrize("verb", ANSWERS)
def test_every_answer_has_every_form(verb: str, columns: Columns, tmp_path: Path) -> None:
    answer = ANSWERS[verb](columns)
    assert isinstance(answer, scalewise.Result)
    data = json.loads(
        answer.to_json(), parse_constant=lambda word: pytest.fail(f"{word} in an answer")
    )
    assert answer.to_dict() == data
    if isinstance(data, dict):
        for name in data:
            assert name in dir(answer)
            # The class's own attributes, such as the chart of a law, take precedence.
            if not hasattr(type(answer), name):
                assert getattr(answer, name) == data[name]
    assert repr(answer).strip()
    assert "\x1b" not in repr(answer)
    assert str(answer) == repr(answer)
    assert answer.to_markdown().strip()
    html = answer._repr_html_()
    assert "<" in html
    # Nothing is fetched over the network.
    assert "://" not in html.replace("http://www.w3.org", "")
    assert answer.trust in ("trustworthy", "not-trustworthy", "refused")
    assert all(isinstance(one, scalewise.Finding) for one in answer.findings)
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        answer.nonsense
    for end in ("json", "md", "txt", "html"):
        answer.save(tmp_path / f"{verb}.{end}")
        assert (tmp_path / f"{verb}.{end}").stat().st_size > 10
    assert (tmp_path / f"{verb}.json").read_text() == answer.to_json()
    for text in (repr(answer), answer.to_markdown()):
        assert "nan" not in text.lower().replace("financ", "").split()


@pytest.mark.parametrize("verb", [verb for verb in ANSWERS if verb != "register"])
def test_a_table_goes_to_every_library(verb: str, columns: Columns, tmp_path: Path) -> None:
    answer = ANSWERS[verb](columns)
    try:
        table = answer.table
    except scalewise.UsageError as error:
        assert "to_dict" in str(error)
        pytest.skip(f"{verb} has no table")
    names = table.to_csv().splitlines()[0].split(",")
    assert list(table) == names
    rows = table.to_rows()
    assert [list(row) for row in rows] == [names] * len(rows)
    assert table.to_dict() == {name: [row[name] for row in rows] for name in names}
    assert f"<table of {len(rows)} rows" in repr(table)
    answer.save(tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text() == table.to_csv()
    for name, cells in table.items():
        assert not any(isinstance(cell, float) and not math.isfinite(cell) for cell in cells), name


def test_tables_by_arrow(columns: Columns) -> None:
    table = ANSWERS["forecast"](columns).table
    expected = table.to_dict()
    polars = pytest.importorskip("polars")
    frame = table.to_polars()
    assert isinstance(frame, polars.DataFrame)
    assert frame.to_dict(as_series=False) == expected
    if hasattr(polars.DataFrame, "__arrow_c_stream__"):
        assert polars.DataFrame(table).equals(frame)
    assert frame["lower"].dtype == polars.Float64
    pyarrow = pytest.importorskip("pyarrow")
    assert pyarrow.table(table).to_pydict() == expected
    # The same table can be asked for more than once.
    assert pyarrow.table(table) == pyarrow.table(table)


def test_tables_of_pandas(columns: Columns) -> None:
    pandas = pytest.importorskip("pandas")
    table = ANSWERS["forecast"](columns).table
    frame = table.to_pandas()
    assert list(frame.columns) == list(table)
    assert frame["point"].dtype == float
    assert frame["compute"].tolist() == table["compute"]
    assert isinstance(frame, pandas.DataFrame)


def test_a_table_of_one_verb_is_read_by_another() -> None:
    runs = scalewise.simulate(set={"a": 20, "b": -0.1, "c": 1.5}, runs=8, noise=0.001, seed=2)
    law = scalewise.fit(runs)
    assert abs(law.params["c"] - 1.5) < 0.2
    assert scalewise.fit(runs.to_dict()) == scalewise.fit(json.loads(json.dumps(runs.to_dict())))
    assert scalewise.fit(runs.to_rows()).params == law.params


def test_a_forecast(columns: Columns) -> None:
    answer = scalewise.forecast(columns, at="100x", level=[0.5, 0.9])
    assert answer.point == answer.forecasts[0]["point"]
    assert list(answer.points) == [answer.point]
    assert answer.grade in ("high", "moderate", "low")
    interval = answer.interval(0.9)
    assert interval.method == "calibrated"
    assert (interval.level, interval.kind) == (0.9, "prediction")
    assert interval.lower is not None and interval.upper is not None
    assert interval.lower < answer.point < interval.upper
    narrow = answer.interval(0.5, kind="confidence", method="delta")
    assert narrow in answer.intervals
    with pytest.raises(
        scalewise.UsageError, match=r"no prediction interval of level 0\.8"
    ) as caught:
        answer.interval(0.8)
    assert "hint: ask for it in the call" in str(caught.value)
    assert answer.law == scalewise.fit(columns)
    several = scalewise.forecast(columns, at=["10x", "100x"])
    assert len(several.points) == 2
    with pytest.raises(AttributeError, match="there are 2 targets"):
        several.point
    assert several.points[1] == answer.point
    # The same from its law.
    assert answer.law.forecast("100x", level=[0.5, 0.9]).to_json() == answer.to_json()
    assert scalewise.forecast(answer.law, at="100x", level=[0.5, 0.9]).to_json() == answer.to_json()


def test_a_forecast_that_is_refused_says_why() -> None:
    answer = scalewise.forecast(RISES, at="10x")
    assert answer.trust == "refused"
    error = fails(lambda: answer.point)
    assert isinstance(error, scalewise.NoFitError)
    assert "inverse-scaling" in str(error)
    forced = scalewise.forecast(RISES, at="10x", force=True)
    assert forced.point > 0
    assert forced.trust != "trustworthy"


def test_an_interval_that_abstains_says_why() -> None:
    answer = scalewise.forecast(FEW, at="10x")
    with pytest.raises(scalewise.UsageError, match="abstains"):
        answer.interval(0.9, method="delta")


def test_a_curve_is_the_forecast_at_every_place(columns: Columns) -> None:
    answer = scalewise.forecast(columns, at="10x")
    places = [1e19, 1e23, 1e25, 1e23]
    curve = answer.curve(places, level=0.9)
    assert list(curve.x) == places
    assert curve.point[1] == curve.point[3]
    at = scalewise.forecast(columns, at=1e23)
    assert curve.point[1] == at.point
    assert (curve.lower[1], curve.upper[1]) == (at.interval(0.9).lower, at.interval(0.9).upper)
    assert list(answer.law.curve(places)) == [answer.law(x) for x in places]
    numpy = pytest.importorskip("numpy")
    again = answer.curve(numpy.array(places))
    assert isinstance(again.lower, numpy.ndarray)
    assert numpy.array_equal(again.lower, curve.lower)


def test_a_curve_warns_of_nothing_and_has_gaps_where_no_interval_is() -> None:
    answer = scalewise.forecast(FEW, at="10x")
    assert warned(lambda: answer.curve([1e23], method="delta")) == []
    curve = answer.curve([1e23], method="delta")
    assert math.isnan(curve.lower[0]) and math.isnan(curve.upper[0])
    assert curve.point[0] > 0


def test_findings_are_warnings_of_the_line_that_asks(columns: Columns) -> None:
    """With their code, and with the name of the file of the caller."""
    law = scalewise.fit(FEW)
    asks: dict[str, Callable[[], Any]] = {
        "fit": lambda: scalewise.fit(FEW),
        "forecast": lambda: scalewise.forecast(FEW, at="10x"),
        "forecast of a law": lambda: scalewise.forecast(law, at="10x"),
        "keywords": lambda: scalewise.fit(**FEW),
        "method of a law": lambda: law.forecast("10x"),
    }
    for name, ask in asks.items():
        got = warned(ask)
        assert [one.filename for one in got] == [__file__] * len(got), name
        found = {one.message.code: one.message for one in got}  # type: ignore[union-attr]
        assert "too-few-runs" in found, name
        message = found["too-few-runs"]
        assert isinstance(message, scalewise.FindingWarning)
        assert message.finding.severity == "warn"
        assert str(message).startswith("too-few-runs: 3 runs leave")
        assert "\n  hint: " in str(message)
    assert warned(lambda: scalewise.fit(columns)) == []


def test_a_law_file_warns_too(tmp_path: Path) -> None:
    scalewise.fit(FEW, path=tmp_path / "law.json")
    got = warned(lambda: scalewise.show(tmp_path / "law.json"))
    assert [one.message.code for one in got] == ["too-few-runs"]  # type: ignore[union-attr]
    assert got[0].filename == __file__


def test_a_warning_can_be_an_error_or_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", scalewise.FindingWarning)
        with pytest.raises(scalewise.FindingWarning) as caught:
            scalewise.fit(FEW)
    assert caught.value.code == "too-few-runs"
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.code, again.finding, str(again)) == (
        "too-few-runs",
        caught.value.finding,
        str(caught.value),
    )
    with warnings.catch_warnings(record=True) as got:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", "too-few-runs")
        scalewise.fit(FEW)
    assert got == []


def test_findings_name_keywords_of_python() -> None:
    answer = scalewise.fit(RISES, force=True)
    hints = " ".join(one.hint for one in answer.findings)
    assert "--" not in hints
    assert 'law="power"' in hints or "force=True" in hints
    assert "--" not in repr(answer)
    shown = scalewise.forecast(RISES, at="10x")
    assert "--" not in str(shown.findings)


ERRORS: dict[str, tuple[type[scalewise.ScalewiseError], Callable[[], Any], list[str]]] = {
    "law": (scalewise.UsageError, lambda: scalewise.fit(FEW, law="quadratic"), ["saturating"]),
    "choice": (scalewise.UsageError, lambda: scalewise.fit(FEW, objective="cubic"), ["'huber'"]),
    "parameter": (scalewise.UsageError, lambda: scalewise.fit(FEW, fix={"q": 1}), ["a, b, c"]),
    "target": (scalewise.UsageError, lambda: scalewise.forecast(FEW), ["(at, reach, fit_below)"]),
    "quantity": (scalewise.UsageError, lambda: scalewise.forecast(FEW, at="10y"), ["'3.1 PF-day'"]),
    "level": (scalewise.UsageError, lambda: scalewise.fit(FEW, level=90), ["such as 0.9"]),
    "count": (scalewise.UsageError, lambda: scalewise.forecast(FEW, at="10x", seed=-1), ["count"]),
    "several targets": (
        scalewise.UsageError,
        lambda: scalewise.forecast(FEW, at="10x", targets=FEW),
        ["by"],
    ),
    "law again": (
        scalewise.UsageError,
        lambda: scalewise.forecast(scalewise.fit(FEW), at="10x", fix={"c": 1}),
        ["the table of runs"],
    ),
    "register a law": (
        scalewise.UsageError,
        lambda: scalewise.register(scalewise.fit(FEW), at="10x"),
        ["the table of runs"],
    ),
    "local time": (
        scalewise.UsageError,
        lambda: scalewise.register(FEW, at="10x", registered_at=datetime(2026, 3, 1)),
        ["timezone.utc"],
    ),
    "view": (scalewise.UsageError, lambda: scalewise.fit(FEW).chart("sideways"), ["usual one"]),
    "theme": (scalewise.UsageError, lambda: scalewise.fit(FEW).svg(theme="pink"), ["hint"]),
    "input": (scalewise.UsageError, lambda: scalewise.fit(FEW)(-1.0), ["positive"]),
    "column": (
        scalewise.DataError,
        lambda: scalewise.fit({"steps": [1, 2], "loss": [2, 1]}),
        ["(compute_col", "steps"],
    ),
    "condition": (
        scalewise.DataError,
        lambda: scalewise.fit(FEW, where="width > 3"),
        ["first line"],
    ),
    "no law file": (scalewise.DataError, lambda: scalewise.Law("{}"), ["hint"]),
    "few": (
        scalewise.NoFitError,
        lambda: scalewise.fit({"compute": [1e18, 1e19], "loss": [3.0, 2.0]}),
        ["(fix, law)"],
    ),
    "file": (scalewise.FileError, lambda: scalewise.fit("nowhere.csv"), ["check the path"]),
    "folder": (scalewise.FileError, lambda: scalewise.ledger("nowhere"), ["name the folder"]),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_has_a_class_and_says_what_to_do_in_words_of_python(name: str) -> None:
    kind, ask, said = ERRORS[name]
    error = fails(ask)
    assert type(error) is kind
    assert isinstance(error, scalewise.ScalewiseError)
    assert type(error).__module__ == "scalewise"
    text = str(error)
    for part in said:
        assert part in text
    assert "\n  hint: " in text
    assert "--" not in text
    assert error.message and error.message in text
    assert error.hint and error.hint in text
    assert isinstance(error.remedies, list)
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is kind
        assert (str(again), again.message, again.hint, again.remedies) == (
            text,
            error.message,
            error.hint,
            error.remedies,
        )


def test_remedies_are_keywords_with_their_values() -> None:
    error = fails(lambda: scalewise.forecast(FEW))
    assert error.remedies == [("at", None), ("reach", None), ("fit_below", None)]
    native = sys.modules["scalewise._scalewise"]
    assert native.remedy("fix", "c=1.6") == 'fix={"c": 1.6}'
    assert native.remedy("bounds", "b=-1..") == 'bound={"b": (-1, None)}'
    assert native.remedy("law", "power") == 'law="power"'
    assert native.remedy("force") == "force=True"
    assert native.remedy("let", "compute=6*n*d") == 'let={"compute": "6*n*d"}'


def test_a_wrong_type_is_a_type_error() -> None:
    for ask in (
        lambda: scalewise.fit(FEW, fix={"c": object()}),
        lambda: scalewise.forecast(FEW, FEW, at="10x"),  # type: ignore[call-overload, misc]
        lambda: scalewise.fit(FEW)(),
        lambda: scalewise.fit(FEW)(1e18, 1e19),
        lambda: scalewise.fit(SURFACE, law="chinchilla")([1e8, 1e9], [1e9]),
        lambda: pickle.dumps(scalewise.forecast(FEW, at="10x")),
    ):
        with pytest.raises(TypeError):
            ask()


@pytest.mark.parametrize("place", ["at", "level", "reach", "delta"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 0.0])
def test_a_keyword_that_is_no_number_is_refused(place: str, value: float, columns: Columns) -> None:
    keywords: dict[str, Any] = {"at": "10x", "objective": "huber", place: value}
    with pytest.raises((scalewise.UsageError, ValueError)):
        scalewise.forecast(columns, **keywords)


def test_a_law_is_called_with_numbers_and_arrays(columns: Columns) -> None:
    law = scalewise.fit(columns)
    a, b, c = (law.params[name] for name in "abc")
    assert law.inputs == ("compute",)
    for x in (1e18, 3e21, 1e26):
        assert math.isclose(law(x), a * x**b + c, rel_tol=1e-12)
        assert isinstance(law(x), float)
    assert law(10**20) == law(1e20)
    assert list(law((1e18, 1e20))) == [law(1e18), law(1e20)]
    assert law.stderr["c"] is None or law.stderr["c"] > 0
    surface = scalewise.fit(SURFACE, law="chinchilla")
    assert surface.inputs == ("params", "tokens")
    assert list(surface([1e8, 1e9], [1e9, 1e10])) == [surface(1e8, 1e9), surface(1e9, 1e10)]
    for bad in (0, -1.0, math.nan, math.inf):
        with pytest.raises(scalewise.UsageError, match="positive and finite"):
            law([1e18, bad])
    numpy = pytest.importorskip("numpy")
    for array in (
        numpy.array([1e18, 1e20]),
        numpy.array([1e18, 1e20], ">f8"),
        numpy.array([1e18, 5, 1e20])[::2],
    ):
        assert isinstance(law(array), numpy.ndarray)
        assert law(array).tolist() == [law(1e18), law(1e20)]
    assert isinstance(law(numpy.float64(1e18)), float)
    assert law([]).tolist() == []


def test_the_code_of_a_law_gives_its_numbers(columns: Columns) -> None:
    for law in (scalewise.fit(columns), scalewise.fit(SURFACE, law="chinchilla")):
        code = law.python()
        assert code is not None
        names: dict[str, Any] = {}
        exec(code, names)
        [function] = [
            one for name, one in names.items() if callable(one) and not name.startswith("_")
        ]
        at = [1e20] if law.inputs == ("compute",) else [1e9, 2e10]
        assert math.isclose(function(*at), law(*at), rel_tol=1e-12)
        assert "^" in (law.latex() or "")


def values_of(law: scalewise.Law) -> list[float]:
    return [law(x) for x in (1e18, 1e22, 1e26)]


def test_a_law_is_pickled_copied_compared_and_hashed(columns: Columns) -> None:
    law, other = scalewise.fit(columns), scalewise.fit(FEW)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(law, protocol))
        assert again == law
        assert again.to_json() == law.to_json()
        assert values_of(again) == values_of(law)
    assert copy.copy(law) == copy.deepcopy(law) == law == scalewise.Law(law.to_json())
    assert law != other
    assert law != law.to_json()
    assert len({law, copy.deepcopy(law), other}) == 2
    assert {law: 1}[copy.deepcopy(law)] == 1
    deep = copy.deepcopy({"laws": [law, law]})
    assert deep["laws"][0] is deep["laws"][1]
    assert deep["laws"][0].forecast("10x").to_json() == law.forecast("10x").to_json()


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_law_goes_to_another_process(method: str, columns: Columns) -> None:
    laws = [scalewise.fit(columns), scalewise.fit(FEW)]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as process:
        assert list(process.map(values_of, laws)) == [values_of(law) for law in laws]
        assert process.submit(copy.copy, laws[0]).result() == laws[0]


def test_what_cannot_be_pickled_says_what_to_send(columns: Columns) -> None:
    with pytest.raises(TypeError, match=r"send \.to_dict\(\)"):
        pickle.dumps(scalewise.compare(columns, laws=["power"]))
    with pytest.raises(TypeError, match=r"send \.to_dict\(\)"):
        copy.deepcopy(scalewise.forecast(columns, at="10x"))


def test_charts_need_nothing_else(columns: Columns, tmp_path: Path) -> None:
    answer = scalewise.forecast(columns, at="100x")
    for view in ("", "loss", "reducible", "both"):
        xml.etree.ElementTree.fromstring(answer.svg(view))
    assert answer.svg(theme="dark") != answer.svg()
    assert 'width="640"' in answer.svg(size=(640, 400))
    chart = answer.chart()
    assert chart._repr_svg_() == chart.svg() == answer.svg()
    assert chart.title
    assert repr(chart).count("\n") > 5
    assert chart.png().startswith(b"\x89PNG")
    assert chart.pdf(theme="paper-column").startswith(b"%PDF")
    assert chart.vega_lite()["layer"]
    chart.save(tmp_path / "chart.vl.json")
    assert json.loads((tmp_path / "chart.vl.json").read_text()) == chart.vega_lite()
    for end in ("svg", "png", "pdf"):
        answer.save(tmp_path / f"answer.{end}")
        chart.save(tmp_path / f"chart.{end}")
        assert (tmp_path / f"answer.{end}").read_bytes() == (tmp_path / f"chart.{end}").read_bytes()
    for verb in ("surface", "backtest", "capability", "allocate", "isoflop"):
        xml.etree.ElementTree.fromstring(ANSWERS[verb](columns).svg())
    assert "no chart" in str(fails(lambda: scalewise.laws().svg()))
    assert ".svg" in str(fails(lambda: chart.save(tmp_path / "chart.eps")))
    assert ".json" in str(fails(lambda: answer.save(tmp_path / "answer.eps")))
    scalewise.plot(
        columns, at="10x", path=tmp_path / "plot.png", theme="slide", size=(800, 500), dpi=192
    )
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_a_capability_has_its_grade_and_record(columns: Columns) -> None:
    answer = ANSWERS["capability"](columns)
    forecast = answer.to_dict()["overall"]["forecasts"][0]
    assert answer.grade == forecast["grade"]
    assert answer.because == forecast["because"]
    assert answer.record == forecast["record"]
    several = scalewise.capability(COUNTS, at=["10x", "100x"], force=True)
    with pytest.raises(AttributeError, match="there are 2 targets"):
        _ = several.grade


def test_a_picture_of_matplotlib(columns: Columns) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    answer = scalewise.forecast(columns, at="100x", fit_below=2e22)
    axes = answer.plot()
    assert axes.get_xscale() == "log"
    labels = axes.get_legend_handles_labels()[1]
    for part in ("interval", "law 'saturating'", "fitted runs", "what came true", "forecast"):
        assert any(part in label for label in labels), (part, labels)
    # The runs are drawn where they are.
    fitted, actual = axes.collections[-2:]
    assert sorted(fitted.get_offsets()[:, 0].tolist()) == columns["compute"][:-1]
    assert actual.get_offsets().tolist() == [[columns["compute"][-1], columns["loss"][-1]]]
    axes.figure.canvas.draw()
    _, own = pyplot.subplots()
    assert answer.plot(own) is own
    assert answer.law.plot(ax=own, level=0.8) is own
    few = scalewise.forecast(FEW, at="10x").plot()
    few.figure.canvas.draw()
    scalewise.fit(columns, law="power").plot().figure.canvas.draw()
    error = fails(lambda: scalewise.fit(SURFACE, law="chinchilla").plot())
    assert ".svg()" in str(error)
    pyplot.close("all")


def test_without_matplotlib_a_picture_says_what_helps(
    columns: Columns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    answer = scalewise.forecast(columns, at="100x")
    with pytest.raises(ImportError, match=r"needs matplotlib; \.svg\(\) draws one without it"):
        answer.plot()
    assert answer.svg().startswith("<svg")


def test_a_file_that_cannot_be_made_again_is_never_overwritten(
    columns: Columns, tmp_path: Path
) -> None:
    law, entry, score = (
        tmp_path / "law.json",
        tmp_path / "entry.json",
        tmp_path / "entry.score.json",
    )
    fitted = scalewise.fit(columns, path=law)
    registered = scalewise.register(columns, at="100x", registered_at=WHEN, path=entry)
    scalewise.score(registered, 1.6, scored_at="2026-06-01T00:00:00Z", path=score)
    kept = {path: path.read_bytes() for path in (law, entry, score)}
    other = scalewise.forecast(columns, at="10x")
    many = scalewise.fit({**columns, "task": ["a"] * 9}, by="task")
    for path in kept:
        for write in (
            lambda: other.save(path),
            lambda: many.save(path),
            lambda: fitted.save(path),
            lambda: scalewise.report(columns, at="10x", path=path),
            lambda: scalewise.fit(columns, path=path),
            lambda: scalewise.register(columns, at="10x", path=path),
            lambda: scalewise.score(registered, 1.7, path=path),
        ):
            error = fails(write)
            assert isinstance(error, scalewise.FileError)
            assert "name another file" in str(error)
            assert path.read_bytes() == kept[path]
    for path in (entry, score):
        assert isinstance(
            fails(lambda: scalewise.fit(columns, path=path, overwrite=True)), scalewise.FileError
        )
        assert path.read_bytes() == kept[path]
    # A law file is replaced where the caller says so, and other answers are replaced always.
    scalewise.fit(FEW, path=law, overwrite=True)
    assert scalewise.show(law) == scalewise.fit(FEW)
    other.save(tmp_path / "answer.json")
    other.save(tmp_path / "answer.json")
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "answer.json",
        "entry.json",
        "entry.score.json",
        "law.json",
    ]


def test_a_file_that_cannot_be_written_is_an_error(columns: Columns, tmp_path: Path) -> None:
    answer = scalewise.fit(columns)
    for path in (tmp_path / "nowhere" / "law.json", tmp_path / ("x" * 300 + ".json")):
        assert isinstance(fails(lambda: answer.save(path)), scalewise.FileError)
    (tmp_path / "folder.json").mkdir()
    assert isinstance(fails(lambda: answer.save(tmp_path / "folder.json")), scalewise.FileError)
    assert [one.name for one in tmp_path.iterdir()] == ["folder.json"]


def test_a_law_file_is_shown_as_it_was(columns: Columns, tmp_path: Path) -> None:
    law = scalewise.fit(columns, path=tmp_path / "law.json")
    assert (tmp_path / "law.json").read_text() == law.to_json()
    assert scalewise.show(tmp_path / "law.json") == law
    assert (
        scalewise.forecast(tmp_path / "law.json", at="10x").to_json()
        == law.forecast("10x").to_json()
    )
    law.save(tmp_path / "copy.json")
    assert scalewise.show(str(tmp_path / "copy.json")) == law
    (tmp_path / "law.json.gz").write_bytes(__import__("gzip").compress(law.to_json().encode()))
    assert scalewise.show(tmp_path / "law.json.gz") == law
    changed = law.to_json().replace(repr(columns["loss"][0]), repr(columns["loss"][0] + 0.1))
    assert changed != law.to_json()
    assert isinstance(fails(lambda: scalewise.Law(changed)), scalewise.DataError)
    earlier = scalewise.fit(FEW, prior=law)
    assert earlier.params == scalewise.fit(FEW, prior=tmp_path / "law.json").params


def test_from_a_registration_to_a_ledger(columns: Columns, tmp_path: Path) -> None:
    path = tmp_path / "entry.json"
    later = datetime(2026, 6, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    entry = scalewise.register(
        columns, at=1e24, registered_at=WHEN, outcome="loss of the last checkpoint", path=path
    )
    assert entry.path == str(path)
    assert entry.digest.startswith("sha256:")
    assert entry.to_json() == path.read_text()
    assert scalewise.verify(path).trust == scalewise.verify(entry, columns).trust == "trustworthy"
    other = {**columns, "loss": [loss * 1.01 for loss in columns["loss"]]}
    assert isinstance(fails(lambda: scalewise.verify(entry, other)), scalewise.DataError)
    score = scalewise.score(
        entry, 1.6, scored_at=later, trained_after=WHEN, path=tmp_path / "entry.score.json"
    )
    assert "2026-06-01T12:00:00Z" in score.to_json()
    assert len(score.scores) == 1
    ledger = scalewise.ledger(tmp_path)
    assert ledger.entries == 1
    xml.etree.ElementTree.fromstring(ledger.svg())
    page = scalewise.report(path)
    assert "loss of the last checkpoint" in page.to_html()
    path.write_text(path.read_text().replace("last checkpoint", "best checkpoint"))
    assert isinstance(fails(lambda: scalewise.verify(path)), scalewise.DataError)
    assert isinstance(fails(lambda: scalewise.score(path, 1.6)), scalewise.DataError)


def test_an_entry_that_is_in_no_file_says_so(columns: Columns, tmp_path: Path) -> None:
    entry = scalewise.register(columns, at="10x")
    assert entry.path is None
    assert "give register a path" in str(fails(lambda: scalewise.verify(entry)))
    now = datetime.now(timezone.utc)
    assert abs(
        datetime.fromisoformat(entry.to_dict()["registered_at"].replace("Z", "+00:00")) - now
    ) < timedelta(minutes=5)


def test_an_entry_that_is_saved_is_verified_by_its_path(columns: Columns, tmp_path: Path) -> None:
    entry = scalewise.register(columns, at="10x")
    entry.save(tmp_path / "entry.json")
    assert scalewise.verify(tmp_path / "entry.json", columns).trust == "trustworthy"
    # Its file is known from here on, as the hint of the error says.
    assert scalewise.verify(entry).trust == "trustworthy"


def test_many_series(columns: Columns, tmp_path: Path) -> None:
    many: Columns = {name: cells * 2 + cells[:2] for name, cells in columns.items()}
    many["task"] = ["a"] * 9 + ["b"] * 9 + ["c"] * 2
    answer = scalewise.forecast(many, by="task", at="10x")
    assert isinstance(answer, scalewise.Series)
    assert len(answer) == 3
    assert set(answer.table["series"]) == {"a", "b", "c"}
    one = scalewise.forecast(columns, at="10x")
    in_full = {series["series"]: series for series in answer.to_dict()["series"]}
    assert in_full["a"]["result"]["forecasts"] == one.forecasts
    assert in_full["c"]["status"] != "ok"
    assert in_full["c"]["reason"]
    assert any("a" in line for line in repr(answer).splitlines())
    with pytest.raises(AttributeError, match=r"use \.table"):
        answer.point
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(answer)
    for end in ("json", "csv", "md", "txt", "html"):
        answer.save(tmp_path / f"many.{end}")
        assert (tmp_path / f"many.{end}").stat().st_size > 10
    assert scalewise.forecast(many, by=["task", "name"], at="10x").trust == "refused"


def test_a_report_is_a_page(columns: Columns, tmp_path: Path) -> None:
    page = scalewise.report(columns, at="100x", path=tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text() == page.to_html()
    assert "scalewise.report(" in page.to_html()
    assert page._repr_html_().startswith("<iframe srcdoc=")
    for end in ("md", "txt", "json"):
        scalewise.report(columns, at="100x", path=tmp_path / f"page.{end}")
    law = scalewise.fit(columns)
    assert scalewise.report(law, at="100x").to_html()
    assert scalewise.report(COUNTS, at="10x", force=True).to_html()


def test_an_answer_keeps_nothing_that_can_be_changed(columns: Columns) -> None:
    law = scalewise.fit(columns)
    first = law.to_json()
    law.params["c"] = 0.0
    columns["loss"][0] = 99.0
    assert law.params["c"] != 0.0
    assert law.to_json() == first
    assert scalewise.Law(first) == law


def test_a_program_that_is_run_shows_its_warning_once_and_where() -> None:
    program = f"import scalewise\nruns = {FEW!r}\nfor _ in range(3):\n    scalewise.fit(runs)\n"
    said = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={
            **__import__("os").environ,
            "PYTHONPATH": str(Path(scalewise.__file__).resolve().parents[1]),
        },
    ).stderr
    assert said.count("FindingWarning: too-few-runs") == 1
    assert said.startswith("<string>:4: ")


def test_scores_of_a_suite() -> None:
    scores = scalewise.capability(SCORES, by="task", at=[(7e9, 1e12), "10x"])
    assert isinstance(scores, scalewise.Scores)
    assert list(scores.tasks) == ["arc", "piqa"]
    arc = scores.tasks["arc"]
    assert [one.params for one in arc.forecasts] == [7e9, None]
    assert [one.tokens for one in arc.forecasts] == [1e12, None]
    assert arc.forecasts[0].compute == 6 * 7e9 * 1e12
    truth = 0.25 + 0.75 * math.exp(-(70 * 7e9**-0.27 + 140 * 1e12**-0.27))
    first = arc.forecasts[0]
    held = first.interval(0.9)
    assert held.lower is not None and held.upper is not None
    assert held.lower < truth < held.upper
    assert (held.kind, held.method) == ("prediction", "calibrated")
    assert first.grade in ("high", "moderate", "low")
    assert {"compute", "size"} >= set(first.laws)
    assert list(arc.points) == [one.point for one in arc.forecasts]
    assert scores.verdicts == {"arc": "predictable", "piqa": "predictable"}
    assert scores.average is not None
    mean = [(a + b) / 2 for a, b in zip(arc.points, scores.tasks["piqa"].points)]
    assert list(scores.average.points) == pytest.approx(mean, abs=0.01)
    with pytest.raises(AttributeError, match="there are 2 tasks"):
        scores.point
    with pytest.raises(AttributeError, match="there are 2 targets"):
        arc.point
    assert set(scores.table["series"]) == {"arc", "piqa", "average"}
    assert len(scores.table["point"]) == 2 * 3 * 2
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(scores)
    assert pickle.loads(pickle.dumps(scores.tasks)) == scores.tasks


def test_scores_of_one_task() -> None:
    arc = [row for row in SCORES if row["task"] == "arc"]
    for at in ((7e9, 1e12), "7B:1T", ("7B", "1T"), [(7e9, 1e12)], [[7e9, 1e12]]):
        scores = scalewise.capability(arc, at=at)
        assert scores.point == scores.tasks[""].forecasts[0].point
        assert list(scores.points) == [scores.point]
        assert scores.interval(0.8) in scores.intervals
        assert scores.average is None
        assert scores.tasks[""].forecasts[0].params == 7e9
    assert len(scalewise.capability(arc, at=("10x", "100x")).points) == 2
    alone = scalewise.capability(arc, at="7B:1T", law="compute")
    assert set(alone.tasks[""].forecasts[0].laws) == {"compute"}
    with pytest.raises(scalewise.UsageError, match="no interval of level 0.7"):
        scores.interval(0.7)
    kept = scalewise.capability(arc, fit_below=2e20)
    known = kept.tasks[""].forecasts
    assert 0 < len(known) < 16
    assert all(one.actual is not None and one.compute >= 2e20 for one in known)


def test_scores_that_rise_and_fall_have_no_number() -> None:
    falls = {
        "compute": [10.0**k for k in range(18, 24)],
        "accuracy": [0.6, 0.5, 0.4, 0.3, 0.2, 0.1],
    }
    scores = scalewise.capability(falls, at="10x")
    assert scores.trust == "refused"
    assert math.isnan(scores.points[0])
    with pytest.raises(scalewise.NoFitError, match="inverse-scaling"):
        scores.point


def test_keywords_of_problems_are_not_for_scores_nor_laws_for_counts() -> None:
    assert "rule needs counts for every problem" in str(
        fails(lambda: scalewise.capability(SCORES, by="task", at="10x", rule="split"))
    )
    assert "law is for scores" in str(
        fails(lambda: scalewise.capability(COUNTS, at="10x", law="size"))
    )
    assert "not one of the choices" in str(
        fails(lambda: scalewise.capability(SCORES, at="10x", law="chinchilla"))
    )
    assert "cannot change a page of scores" in str(
        fails(lambda: scalewise.report(SCORES, by="task", at="10x", buckets=2))
    )


def test_scores_are_drawn_with_matplotlib() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    scores = scalewise.capability(SCORES, by="task", at=(7e9, 1e12))
    _, ax = pyplot.subplots()
    assert scores.plot(ax, task="arc") is ax
    assert ax.get_title() == "arc"
    [models, *_] = ax.collections[1:]
    assert len(models.get_offsets()) == 16
    stars = [line for line in ax.lines if line.get_marker() == "*"]
    assert [float(star.get_ydata()[0]) for star in stars] == [scores.tasks["arc"].point]
    assert "choose one of arc, piqa" in str(fails(lambda: scores.plot()))
    pyplot.close("all")
