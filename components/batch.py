"""Batch scoring: list the day's partitions, score each of them, report, and publish what a person has approved."""

from typing import List, NamedTuple, Optional

from kfp import dsl
from kfp.dsl import Dataset, Input, Markdown, Model, Output, PipelineTaskFinalStatus

# Pins of training.py, so that they are installed once where pipelines run locally.
PACKAGES = ["pandas==2.3.3", "scikit-learn==1.7.2"]

BASE_IMAGE = "python:3.11-slim"


@dsl.component(base_image=BASE_IMAGE, packages_to_install=PACKAGES)
def list_partitions(
    regions: List[str], run_created: str, day: Optional[str] = None
) -> NamedTuple("Listing", [("day", str), ("partitions", List[dict])]):
    """List what there is to score. A real component would ask a warehouse; this one divides scikit-learn's `digits`.

    Args:
        regions: The regions that send data; in this example, the last of them has sent none.
        run_created: When the run was created, as RFC 3339 text.
        day: The day to score, such as `2026-01-31`. By default, the day before the run was created.

    Returns:
        day: The day that is scored.
        partitions: For each region a dict with its `name`, its `first_row` and its number of `rows`.
    """
    from datetime import date, timedelta
    from typing import NamedTuple

    from sklearn.datasets import load_digits

    scored_day = date.fromisoformat(day) if day else date.fromisoformat(run_created[:10]) - timedelta(days=1)
    total, senders = len(load_digits().target), max(len(regions) - 1, 1)
    bounds = [total * position // senders for position in range(senders + 1)] + [total]
    partitions = [
        {"name": region, "first_row": first, "rows": end - first}
        for region, first, end in zip(regions, bounds, bounds[1:])
    ]
    print(f"{scored_day}: {partitions}")
    listing = NamedTuple("Listing", [("day", str), ("partitions", list)])
    return listing(day=scored_day.isoformat(), partitions=partitions)


@dsl.component(base_image=BASE_IMAGE, packages_to_install=PACKAGES)
def fetch_model(model: Output[Model], stage: str = "production"):
    """Fetch the model to score with. A real component would ask a registry; this one fits a small classifier.

    Args:
        model: The classifier, by joblib.
        stage: The stage whose model is fetched.
    """
    import joblib
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler

    features, target = load_digits(return_X_y=True, as_frame=True)
    classifier = make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=500))
    joblib.dump(classifier.fit(features, target), model.path)
    model.metadata.update(framework="scikit-learn", stage=stage)


@dsl.component(base_image=BASE_IMAGE, packages_to_install=PACKAGES)
def read_partition(partition: str, first_row: int, rows: int, data: Output[Dataset]):
    """Read the rows of one partition.

    Args:
        partition: The partition's name.
        first_row: Where it starts.
        rows: Its number of rows.
        data: CSV with one column for each feature.
    """
    from sklearn.datasets import load_digits

    features = load_digits(as_frame=True).data
    features[first_row : first_row + rows].to_csv(data.path, index=False)
    data.metadata.update(partition=partition, rows=rows)


@dsl.component(base_image=BASE_IMAGE, packages_to_install=PACKAGES)
def score_rows(data: Input[Dataset], model: Input[Model], scores: Output[Dataset]) -> float:
    """Score rows.

    Args:
        data: CSV with one column for each feature.
        model: The classifier.
        scores: CSV with the columns `prediction` and `confidence`, in the order of the rows.

    Returns:
        The mean confidence.
    """
    import joblib
    import pandas as pd

    classifier = joblib.load(model.path)
    probabilities = classifier.predict_proba(pd.read_csv(data.path))
    frame = pd.DataFrame(
        {"prediction": classifier.classes_[probabilities.argmax(axis=1)], "confidence": probabilities.max(axis=1)}
    )
    frame.to_csv(scores.path, index=False)
    confidence = float(frame["confidence"].mean())
    scores.metadata.update(data.metadata, confidence=round(confidence, 4))
    print(f"{len(frame)} rows, mean confidence {confidence:.4f}")
    return confidence


@dsl.component(base_image=BASE_IMAGE)
def notify(status: PipelineTaskFinalStatus, subject: str):
    """Tell how something ended. A real component would post to a chat; this one prints the message.

    Args:
        status: How it ended.
        subject: What ended, such as `partition emea`.
    """
    message = f"{subject}: {status.state}"
    if status.error_message:
        message += f": {status.error_message}"
    print(message)


@dsl.component(base_image=BASE_IMAGE)
def summarise(
    day: str, partitions: List[dict], scores: Input[List[Dataset]], report: Output[Markdown]
) -> NamedTuple("Summary", [("rows", int), ("least_confidence", float)]):
    """Sum up what was scored.

    Args:
        day: The day that was scored.
        partitions: All partitions, scored or not.
        scores: The scores of those that had rows.
        report: One line for each partition.

    Returns:
        rows: The number of rows that were scored.
        least_confidence: The lowest mean confidence of a partition.
    """
    from typing import NamedTuple

    scored = {part.metadata["partition"]: part.metadata for part in scores}
    lines = [f"# Scores of {day}", "", "| partition | rows | mean confidence |", "| --- | --- | --- |"]
    for partition in partitions:
        metadata = scored.get(partition["name"], {"rows": 0, "confidence": "no rows"})
        lines.append(f"| {partition['name']} | {metadata['rows']} | {metadata['confidence']} |")
    with open(report.path, "w") as file:
        file.write("\n".join(lines) + "\n")
    print("\n".join(lines))

    summary = NamedTuple("Summary", [("rows", int), ("least_confidence", float)])
    return summary(
        rows=sum(metadata["rows"] for metadata in scored.values()),
        least_confidence=min((metadata["confidence"] for metadata in scored.values()), default=0.0),
    )


@dsl.component(base_image=BASE_IMAGE)
def publish_scores(day: str, scores: Input[List[Dataset]], table: Output[Dataset]) -> str:
    """Publish the scores of a day. A real component would write to a warehouse; this one joins the files.

    Args:
        day: The day that was scored.
        scores: The scores of each partition.
        table: All of them, with the column `partition`.

    Returns:
        Where they can be read.
    """
    import csv

    rows = 0
    with open(table.path, "w", newline="") as joined:
        writer = csv.writer(joined)
        writer.writerow(["partition", "prediction", "confidence"])
        for part in scores:
            with open(part.path, newline="") as file:
                for row in list(csv.reader(file))[1:]:
                    writer.writerow([part.metadata["partition"], *row])
                    rows += 1
    print(f"published {rows} rows")
    return f"https://warehouse.example.com/scores/{day}"
