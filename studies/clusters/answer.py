"""The columns of the table of forecasts, which an engine needs to know in advance."""

import pyarrow

TEXT, NUMBER = pyarrow.string(), pyarrow.float64()

ANSWER = pyarrow.schema(
    {
        "series": TEXT,
        "compute": NUMBER,
        "point": NUMBER,
        "level": NUMBER,
        "kind": TEXT,
        "method": TEXT,
        "lower": NUMBER,
        "upper": NUMBER,
        "extrapolation": NUMBER,
        "status": TEXT,
        "grade": TEXT,
    }
)
