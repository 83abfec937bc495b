"""Laws that are typed as formulas."""

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
