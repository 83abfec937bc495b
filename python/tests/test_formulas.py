"""Laws that are typed as formulas."""

import math

import pytest
import scalewise

LAW = "L(N, S) = E + a*N^-b + c/(1 + S)"


def table():
    """Runs of a law that is known, with scatter; the last is much larger."""
    columns = {"params": [], "S": [], "loss": []}
    scatter = [3e-4, -5e-4, 1e-4, 4e-4, -2e-4]
    for n in (1e7, 3e7, 1e8, 3e8, 1e9):
        for s in (0.0, 1.0, 3.0):
            loss = (1.4 + 90 * n**-0.25 + 0.2 / (1 + s)) * (1 + scatter[len(columns["S"]) % 5])
            for name, value in (("params", n), ("S", s), ("loss", loss)):
                columns[name].append(value)
    return columns


def test_a_formula_is_fitted_and_forecast_at_points():
    law = scalewise.fit(table(), law=LAW)
    values = {p["name"]: p["value"] for p in law.to_dict()["parameters"]}
    assert values["b"] == pytest.approx(0.25, abs=0.01)
    by_table = scalewise.forecast(table(), law=LAW, at={"N": 1e10, "S": 8})
    assert by_table.point == pytest.approx(1.4 + 90 * 1e10**-0.25 + 0.2 / 9, abs=5e-3)
    interval = by_table.interval(0.9)
    assert interval.lower < by_table.point < interval.upper
    by_law = scalewise.forecast(law, at=["N=10B,S=8", {"N": 1e11, "S": 0}])
    assert by_law.points[0] == by_table.point
    assert len(by_law.points) == 2
    with pytest.raises(AttributeError, match="no grade"):
        _ = by_table.grade


def test_what_is_wrong_is_said():
    with pytest.raises(scalewise.UsageError, match="no value to S"):
        scalewise.forecast(table(), law=LAW, at={"N": 1e10})
    with pytest.raises(scalewise.UsageError, match="at character 9"):
        scalewise.fit(table(), law="L = E + foo(N)")
    curve = {"compute": [1e18, 1e19, 1e20, 1e21, 1e22], "loss": [3.1, 2.74, 2.46, 2.25, 2.1]}
    with pytest.raises(scalewise.UsageError, match="several columns"):
        scalewise.forecast(curve, law="L = a*C^b", at={"C": 1e24})


def test_a_formula_is_drawn_reported_and_registered(tmp_path):
    law = scalewise.fit(table(), law=LAW)
    assert "Residuals against S" in law.svg()
    assert "to come" in scalewise.forecast(law, at={"N": 1e10, "S": 8}).svg()
    assert "to come" in scalewise.plot(law, at="N=1e10,S=8").svg()
    page = scalewise.report(table(), law=LAW, at={"N": 1e10, "S": 8})
    assert "What will a run at N=10B,S=8 reach?" in page.to_html()
    entry = scalewise.register(table(), law=LAW, at=[{"N": 1e10, "S": 8}, "N=1e11,S=0"])
    ids = [p["id"] for p in entry.to_dict()["predictions"]]
    assert ids == ["loss@N=1e10,S=8", "loss@N=1e11,S=0"]
    entry_path = tmp_path / "entry.json"
    entry_path.write_text(entry.to_json())
    assert "identical" in str(scalewise.verify(entry_path, table()))
    assert "def loss(N, S):" in law.python()
    assert law.latex().startswith("L(N, S) = ")
    assert "2411.04330" in str(scalewise.laws("precision"))
    with pytest.raises(scalewise.UsageError, match="several columns"):
        scalewise.plot(
            {"compute": [1e18, 1e19, 1e20, 1e21, 1e22], "loss": [3.1, 2.74, 2.46, 2.25, 2.1]},
            at={"N": 1e10},
        )


def test_the_optima_of_cells_have_a_law():
    columns = {"params": [], "lr": [], "loss": []}
    wobble = [3e-4, -5e-4, 1e-4, 4e-4, -2e-4]
    for n in (1e7, 1e8, 1e9):
        for k in range(6):
            lr = 1e-4 * 3**k
            best = 0.3 * n**-0.25
            loss = 2 + 90 * n**-0.25 + 0.05 * math.log(lr / best) ** 2
            columns["params"].append(n)
            columns["lr"].append(lr)
            columns["loss"].append(loss * (1 + wobble[len(columns["lr"]) % 5]))
    answer = scalewise.optimum(
        columns,
        law="L(lr) = c + k*(ln(lr) - m)^2",
        free="lr",
        by="params",
        then="lr = k*params^a",
        at={"params": 1e10},
    )
    assert [cell["cell"] for cell in answer.cells] == ["10000000.0", "100000000.0", "1000000000.0"]
    assert len(answer.optima) == 3
    forecast = answer.laws[0]["forecasts"][0]
    assert forecast["point"] == pytest.approx(0.3 * 1e10**-0.25, rel=0.05)
    with pytest.raises(scalewise.UsageError, match="needs cells"):
        scalewise.optimum(columns, law="L(lr) = c + k*(ln(lr) - m)^2", free="lr", then="lr = k")


def two_outcomes():
    scatter = [3e-4, -5e-4, 1e-4, 4e-4, -2e-4, -1e-4, 2e-4]
    rows = []
    for n in (1e7, 1e8, 1e9):
        for d in (1e9, 1e10, 1e11):
            wobble = 1 + scatter[len(rows) % 7], 1 + scatter[(3 * len(rows) + 1) % 7]
            text = (1.5 + 400 * n**-0.34 + 300 * d**-0.28) * wobble[0]
            code = (0.8 + 200 * n**-0.34 + 500 * d**-0.28) * wobble[1]
            rows.append({"params": n, "tokens": d, "text": text, "code": code})
    return rows


def test_several_formulas_are_one_law_of_several_outcomes():
    laws = ["text = E1 + A1/N^alpha + B1/D^beta", "code = E2 + A2/N^alpha + B2/D^beta"]
    law = scalewise.fit(two_outcomes(), law=laws)
    assert {p["name"]: p["value"] for p in law.to_dict()["parameters"]}["alpha"] == pytest.approx(
        0.34, abs=0.02
    )
    same = scalewise.fit(two_outcomes(), law="; ".join(laws))
    assert same.to_dict() == law.to_dict()
    points = scalewise.forecast(law, at={"N": 1e10, "D": 1e12}).to_dict()["forecasts"]
    assert [point["outcome"] for point in points] == ["text", "code"]
    with pytest.raises(scalewise.UsageError, match="'power' is no formula"):
        scalewise.fit(two_outcomes(), law=["power", "text = a*N^b"])


def test_the_optimum_of_a_formula_is_that_of_the_built_in_law():
    rows = [{key: row[key] for key in ("params", "tokens", "text")} for row in two_outcomes()]
    keys = {"loss_col": "text", "objective": "squared"}
    law = "text = E + A/N^alpha + B/D^beta"
    best = scalewise.optimum(
        rows, law=law, cost="6*N*D", budget=1e22, residuals="log", objective="squared"
    )
    known = scalewise.allocate(
        rows, compute=1e22, method="delta", residuals="log", **keys
    ).to_dict()
    # The same fit and the same minimum, by two programs.
    assert best.values["N"] == pytest.approx(known["allocations"][0]["best"]["params"], rel=1e-6)
    low, high = best.interval("N")
    assert low < best.values["N"] < high
    assert best.loss > 1.5
    with pytest.raises(scalewise.UsageError, match="neither free nor held"):
        scalewise.optimum(rows, law=law, free="N")
    with pytest.raises(scalewise.NoFitError, match="falls up to the end"):
        scalewise.optimum(rows, law=law, free=["N", "D"]).values


def test_an_allocation_by_a_formula_is_its_optimum_at_the_cost():
    rows = [{key: row[key] for key in ("params", "tokens", "text")} for row in two_outcomes()]
    law = "text = E + A/N^alpha + B/D^beta"
    found = scalewise.allocate(rows, law=law, compute=[1e22, 1e23])
    best = scalewise.optimum(rows, law=law, cost="6*N*D", budget=[1e22, 1e23])
    assert isinstance(found, scalewise.Optimum)
    assert found.to_dict() == best.to_dict()
    fitted = scalewise.fit(rows, law=law)
    assert scalewise.allocate(fitted, compute=1e22).optima == best.optima[:1]
    with pytest.raises(scalewise.UsageError, match="a number of parameters is not for a law"):
        scalewise.allocate(rows, params=1e9, law=law)
    with pytest.raises(scalewise.UsageError, match="by is not for a law that is a formula"):
        scalewise.allocate(rows, compute=1e22, by="params", law=law)
