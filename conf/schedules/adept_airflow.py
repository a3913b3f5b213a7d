"""Classifies new rows every hour, with Apache Airflow and its Spark provider.

The connection spark_default is the cluster. Replace the names in capital letters.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator

with DAG(
    dag_id="adept_articles",
    schedule="5 * * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    # One run at a time.
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
) as dag:
    SparkSubmitOperator(
        task_id="classify",
        conn_id="spark_default",
        application="/opt/spark-adept/spark-adept-0.1.0-SNAPSHOT.jar",
        java_class="org.sparkadept.pipeline.Adept",
        properties_file="/opt/spark-adept/conf/spark-defaults-cpu.conf",
        application_args=[
            "classify",
            "--input", "hdfs:///DATA/articles",
            "--output", "hdfs:///DATA/articles-labelled",
            "--model", "/opt/models/adept-dbpedia14",
            "--incremental",
            "--checkpoint", "hdfs:///DATA/articles-checkpoint",
            "--dead-letters", "hdfs:///DATA/articles-failed",
            "--quiet",
        ],
    )
