"""A hyper-parameter search: train and score one candidate for each point of a grid, and choose the best of them."""

from typing import List, NamedTuple

from kfp import dsl
from kfp.dsl import Dataset, Input, Markdown, Model, Output

# The pins of training.py: where pipelines run locally, both files share one virtual environment.
PACKAGES = ["pandas==2.3.3", "scikit-learn==1.7.2", "joblib==1.5.3", "xgboost-cpu==3.1.3"]

BASE_IMAGE = "python:3.11-slim"


@dsl.component(base_image=BASE_IMAGE, packages_to_install=PACKAGES)
def train_candidate(
    train_dataset: Input[Dataset],
    n_estimators: int,
    max_depth: int,
    learning_rate: float,
    model: Output[Model],
    folds: int = 5,
    seed: int = 42,
) -> float:
    """Cross-validate and fit a gradient-boosted tree classifier with one set of hyper-parameters.

    Args:
        train_dataset: Rows to train on, with the column `target`.
        n_estimators: Number of trees.
        max_depth: Greatest depth of a tree.
        learning_rate: Shrinkage of each tree's contribution.
        model: The classifier, fitted to all rows, by joblib. Its metadata has the hyper-parameters.
        folds: Number of folds of the cross-validation.
        seed: Seed of the folds and of the fit.

    Returns:
        The mean accuracy over the folds.
    """
    import joblib
    import pandas as pd
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from xgboost import XGBClassifier

    frame = pd.read_csv(train_dataset.path)
    features, target = frame.drop(columns="target"), frame["target"]
    parameters = {"n_estimators": n_estimators, "max_depth": max_depth, "learning_rate": learning_rate}
    classifier = XGBClassifier(**parameters, random_state=seed, n_jobs=1)
    # The same folds for each candidate, so that their scores can be compared.
    splits = StratifiedKFold(n_splits=folds, shuffle=True, random_state=seed)
    score = float(cross_val_score(classifier, features, target, cv=splits).mean())

    joblib.dump(classifier.fit(features, target), model.path)
    model.metadata.update(parameters, framework="xgboost")
    print(f"{parameters}: cross-validated accuracy {score:.4f}")
    return score


@dsl.component(base_image=BASE_IMAGE)
def choose_best(
    candidates: Input[List[Model]],
    scores: List[float],
    best_model: Output[Model],
    report: Output[Markdown],
) -> NamedTuple("Choice", [("position", int), ("score", float)]):
    """Choose the candidate with the highest score; of equals, the first.

    Args:
        candidates: The models.
        scores: The score of each model, in the same order.
        best_model: The model that was chosen.
        report: All candidates with their hyper-parameters, best first.

    Returns:
        position: Where the chosen model stands in the list, from 0.
        score: Its score.
    """
    import shutil
    from typing import NamedTuple

    ranking = sorted(range(len(candidates)), key=lambda position: -scores[position])
    best = ranking[0]
    shutil.copyfile(candidates[best].path, best_model.path)
    best_model.metadata.update(candidates[best].metadata)

    columns = ["n_estimators", "max_depth", "learning_rate"]
    lines = ["# Candidates", "", f"| score | {' | '.join(columns)} |", "| --- | --- | --- | --- |"]
    for position in ranking:
        values = " | ".join(str(candidates[position].metadata[column]) for column in columns)
        lines.append(f"| {scores[position]:.4f} | {values} |")
    with open(report.path, "w") as file:
        file.write("\n".join(lines) + "\n")
    print("\n".join(lines))

    choice = NamedTuple("Choice", [("position", int), ("score", float)])
    return choice(position=best, score=scores[best])
