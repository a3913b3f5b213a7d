"""Runs the code of docs/python.md, and writes what Python gets by it as lines of JSON.

usage: answers.py CODE [URL JAR]

With the URL of a Spark Connect server, a second session brings the jar as an artifact.
"""

import json
import runpy
import sys

from pyspark.sql import SparkSession


def write(name, rows):
    with open(name + ".jsonl", "w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")


def write_frame(name, frame):
    write(name, [row.asDict(recursive=True) for row in frame.collect()])


code, *connect = sys.argv[1:]
page = runpy.run_path(code)
for variable in ("labelled", "with_scores", "by_sql"):
    write_frame(variable, page[variable])
if "table" in page:
    write("pyarrow", page["table"].to_pylist())
if "frame" in page:
    write("polars", page["frame"].to_dicts())
if "counts" in page:
    write("duckdb", page["counts"])
if connect:
    url, jar = connect
    session = SparkSession.builder.remote(url).create()
    session.addArtifact(jar)
    call = "adept_classify(text, map('model', 'topics')) r"
    articles = session.read.parquet("articles.parquet")
    write_frame("artifact", articles.selectExpr("id", call).select("id", "r.*"))
    session.stop()
page["spark"].stop()
