"""Prints PySpark's version and folder, and which other packages there are, as JSON."""

import importlib.util
import json
import os

import pyspark

OTHERS = ("grpc", "pyarrow", "polars", "duckdb")

print(
    json.dumps(
        {
            "version": pyspark.__version__,
            "home": os.path.dirname(pyspark.__file__),
            "packages": [name for name in OTHERS if importlib.util.find_spec(name)],
        }
    )
)
