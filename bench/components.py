"""The five components of the benchmark's pipelines: ordinary ones of about forty lines each."""

from kfp import dsl
from kfp.dsl import Dataset, Input, Output

IMAGE = "python:3.11-slim"


@dsl.component(base_image=IMAGE)
def load_data(seed: float, out: Output[Dataset]) -> float:
    """Write random rows.

    Args:
        seed: Scales the first column.
        out: The rows, as CSV.

    Returns:
        The mean of the first column.
    """
    import csv
    import json
    import logging
    import random

    logging.basicConfig(level=logging.INFO)
    log = logging.getLogger("load_data")
    log.info("starting with seed %s", seed)
    rng = random.Random(int(seed * 1000))
    rows = []
    for index in range(1000):
        value = rng.random() * seed
        kind = rng.choice("abc")
        if kind == "a" and value < 0:
            log.warning("skipping row %d", index)
            continue
        rows.append([value, rng.gauss(0, 1), kind])
    log.info("made %d rows", len(rows))
    with open(out.path, "w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["value", "noise", "kind"])
        writer.writerows(rows)
    mean = sum(row[0] for row in rows) / max(1, len(rows))
    out.metadata["rows"] = len(rows)
    log.info("done %s", json.dumps({"mean": mean, "rows": len(rows)}))
    return mean


@dsl.component(base_image=IMAGE)
def clean_data(data: Input[Dataset], rate: float, out: Output[Dataset]) -> float:
    """Drop incomplete rows.

    Args:
        data: Rows, as CSV.
        rate: How fast to forget.
        out: The rows, with one more column.

    Returns:
        The last loss.
    """
    import csv
    import json
    import logging
    import math
    import random

    logging.basicConfig(level=logging.INFO)
    log = logging.getLogger("clean_data")
    with open(data.path, newline="") as handle:
        rows = list(csv.reader(handle))
    log.info("read %d rows, rate %s", len(rows), rate)
    rng = random.Random(0)
    weights = [0.0 for _ in range(8)]
    history = []
    for step in range(100):
        gradient = [math.tanh(weight + rng.random() - 0.5) for weight in weights]
        weights = [weight - rate * g for weight, g in zip(weights, gradient)]
        loss = sum(g * g for g in gradient) / len(gradient)
        history.append({"step": step, "loss": loss})
        if loss < 1e-6:
            log.info("converged at step %d", step)
            break
    cleaned = [row + [weights[index % len(weights)]] for index, row in enumerate(rows) if all(row)]
    with open(out.path, "w", newline="") as handle:
        csv.writer(handle).writerows(cleaned)
    out.metadata["rows"] = len(cleaned)
    log.info("done %s", json.dumps({"rows": len(cleaned), "steps": len(history)}))
    return history[-1]["loss"]


@dsl.component(base_image=IMAGE)
def build_features(data: Input[Dataset], rate: float, out: Output[Dataset]) -> float:
    """Add a feature to each row.

    Args:
        data: Rows, as CSV.
        rate: How fast to learn.
        out: The rows, with one more column.

    Returns:
        The last loss.
    """
    import csv
    import json
    import logging
    import math
    import random

    logging.basicConfig(level=logging.INFO)
    log = logging.getLogger("build_features")
    with open(data.path, newline="") as handle:
        rows = list(csv.reader(handle))
    log.info("read %d rows, rate %s", len(rows), rate)
    rng = random.Random(1)
    weights = [0.0 for _ in range(8)]
    history = []
    for step in range(100):
        gradient = [math.tanh(weight + rng.random() - 0.5) for weight in weights]
        weights = [weight - rate * g for weight, g in zip(weights, gradient)]
        loss = sum(g * g for g in gradient) / len(gradient)
        history.append({"step": step, "loss": loss})
        if loss < 1e-6:
            log.info("converged at step %d", step)
            break
    cleaned = [row + [weights[index % len(weights)]] for index, row in enumerate(rows) if all(row)]
    with open(out.path, "w", newline="") as handle:
        csv.writer(handle).writerows(cleaned)
    out.metadata["rows"] = len(cleaned)
    log.info("done %s", json.dumps({"rows": len(cleaned), "steps": len(history)}))
    return history[-1]["loss"]


@dsl.component(base_image=IMAGE)
def train_model(data: Input[Dataset], rate: float, out: Output[Dataset]) -> float:
    """Fit weights.

    Args:
        data: Rows, as CSV.
        rate: The learning rate.
        out: The rows, with one more column.

    Returns:
        The last loss.
    """
    import csv
    import json
    import logging
    import math
    import random

    logging.basicConfig(level=logging.INFO)
    log = logging.getLogger("train_model")
    with open(data.path, newline="") as handle:
        rows = list(csv.reader(handle))
    log.info("read %d rows, rate %s", len(rows), rate)
    rng = random.Random(2)
    weights = [0.0 for _ in range(8)]
    history = []
    for step in range(100):
        gradient = [math.tanh(weight + rng.random() - 0.5) for weight in weights]
        weights = [weight - rate * g for weight, g in zip(weights, gradient)]
        loss = sum(g * g for g in gradient) / len(gradient)
        history.append({"step": step, "loss": loss})
        if loss < 1e-6:
            log.info("converged at step %d", step)
            break
    cleaned = [row + [weights[index % len(weights)]] for index, row in enumerate(rows) if all(row)]
    with open(out.path, "w", newline="") as handle:
        csv.writer(handle).writerows(cleaned)
    out.metadata["rows"] = len(cleaned)
    log.info("done %s", json.dumps({"rows": len(cleaned), "steps": len(history)}))
    return history[-1]["loss"]


@dsl.component(base_image=IMAGE)
def evaluate_model(data: Input[Dataset], rate: float, out: Output[Dataset]) -> float:
    """Score each row.

    Args:
        data: Rows, as CSV.
        rate: How fast to adapt.
        out: The rows, with one more column.

    Returns:
        The last loss.
    """
    import csv
    import json
    import logging
    import math
    import random

    logging.basicConfig(level=logging.INFO)
    log = logging.getLogger("evaluate_model")
    with open(data.path, newline="") as handle:
        rows = list(csv.reader(handle))
    log.info("read %d rows, rate %s", len(rows), rate)
    rng = random.Random(3)
    weights = [0.0 for _ in range(8)]
    history = []
    for step in range(100):
        gradient = [math.tanh(weight + rng.random() - 0.5) for weight in weights]
        weights = [weight - rate * g for weight, g in zip(weights, gradient)]
        loss = sum(g * g for g in gradient) / len(gradient)
        history.append({"step": step, "loss": loss})
        if loss < 1e-6:
            log.info("converged at step %d", step)
            break
    cleaned = [row + [weights[index % len(weights)]] for index, row in enumerate(rows) if all(row)]
    with open(out.path, "w", newline="") as handle:
        csv.writer(handle).writerows(cleaned)
    out.metadata["rows"] = len(cleaned)
    log.info("done %s", json.dumps({"rows": len(cleaned), "steps": len(history)}))
    return history[-1]["loss"]
