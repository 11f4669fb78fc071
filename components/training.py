"""A classic training pipeline: load, preprocess, train, evaluate, and deploy what is good enough."""

from typing import Literal, NamedTuple

from kfp import dsl
from kfp.dsl import ClassificationMetrics, Dataset, Input, Metrics, Model, Output

# Pins with wheels for Python 3.10 to 3.14.
PANDAS = "pandas==2.3.3"
SKLEARN = "scikit-learn==1.7.2"
JOBLIB = "joblib==1.5.3"
# The build without GPU libraries, which are 200 MB larger.
XGBOOST = "xgboost-cpu==3.1.3"

BASE_IMAGE = "python:3.11-slim"


@dsl.component(base_image=BASE_IMAGE, packages_to_install=[PANDAS, SKLEARN])
def load_data(
    dataset: Literal["breast_cancer", "wine", "digits"],
    output_dataset: Output[Dataset],
) -> int:
    """Export one of the public data sets that ship with scikit-learn.

    Args:
        dataset: The data set's name.
        output_dataset: CSV with one column for each feature and the column `target`.

    Returns:
        The number of rows.
    """
    from sklearn import datasets

    frame = getattr(datasets, "load_" + dataset)(as_frame=True).frame
    frame.to_csv(output_dataset.path, index=False)
    output_dataset.metadata["rows"] = len(frame)
    output_dataset.metadata["columns"] = len(frame.columns)
    print(f"{dataset}: {len(frame)} rows, {len(frame.columns) - 1} features")
    return len(frame)


@dsl.component(base_image=BASE_IMAGE, packages_to_install=[PANDAS, SKLEARN])
def preprocess_data(
    input_dataset: Input[Dataset],
    train_dataset: Output[Dataset],
    test_dataset: Output[Dataset],
    test_size: float = 0.2,
    seed: int = 42,
):
    """Drop incomplete rows and split the rest, stratified by target.

    Args:
        input_dataset: CSV with the column `target`.
        train_dataset: Rows to train on.
        test_dataset: Rows to test on.
        test_size: Share of the rows that are kept for testing.
        seed: Seed of the split.
    """
    import pandas as pd
    from sklearn.model_selection import train_test_split

    frame = pd.read_csv(input_dataset.path).dropna()
    train, test = train_test_split(frame, test_size=test_size, random_state=seed, stratify=frame["target"])
    train.to_csv(train_dataset.path, index=False)
    test.to_csv(test_dataset.path, index=False)
    train_dataset.metadata["rows"] = len(train)
    test_dataset.metadata["rows"] = len(test)
    print(f"{len(train)} rows to train on, {len(test)} to test on")


@dsl.component(base_image=BASE_IMAGE, packages_to_install=[PANDAS, SKLEARN, JOBLIB, XGBOOST])
def train_model(
    train_dataset: Input[Dataset],
    model_output: Output[Model],
    metrics: Output[Metrics],
    n_estimators: int = 100,
    max_depth: int = 4,
    learning_rate: float = 0.1,
    seed: int = 42,
):
    """Cross-validate and fit a gradient-boosted tree classifier.

    Args:
        train_dataset: Rows to train on.
        model_output: The fitted classifier, by joblib.
        metrics: Accuracy over the folds of the cross-validation.
        n_estimators: Number of trees.
        max_depth: Greatest depth of a tree.
        learning_rate: Shrinkage of each tree's contribution.
        seed: Seed of the fit.
    """
    import joblib
    import pandas as pd
    from sklearn.model_selection import cross_val_score
    from xgboost import XGBClassifier

    frame = pd.read_csv(train_dataset.path)
    features, target = frame.drop(columns="target"), frame["target"]
    model = XGBClassifier(
        n_estimators=n_estimators, max_depth=max_depth, learning_rate=learning_rate, random_state=seed, n_jobs=1
    )
    scores = cross_val_score(model, features, target, cv=3)
    metrics.log_metric("cv_accuracy", round(float(scores.mean()), 4))
    metrics.log_metric("cv_std", round(float(scores.std()), 4))

    model.fit(features, target)
    joblib.dump(model, model_output.path)
    model_output.metadata["framework"] = "xgboost"
    model_output.metadata["n_estimators"] = n_estimators
    print(f"cross-validated accuracy {scores.mean():.4f} ± {scores.std():.4f}")


@dsl.component(base_image=BASE_IMAGE, packages_to_install=[PANDAS, SKLEARN, JOBLIB, XGBOOST])
def evaluate_model(
    test_dataset: Input[Dataset],
    model_input: Input[Model],
    metrics: Output[Metrics],
    confusion: Output[ClassificationMetrics],
) -> float:
    """Test a model on rows it has not seen.

    Args:
        test_dataset: Rows to test on.
        model_input: The classifier.
        metrics: Accuracy, precision, recall and F1 score, averaged over the classes.
        confusion: Confusion matrix.

    Returns:
        The accuracy.
    """
    import joblib
    import pandas as pd
    from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

    frame = pd.read_csv(test_dataset.path)
    features, target = frame.drop(columns="target"), frame["target"]
    predicted = joblib.load(model_input.path).predict(features)

    accuracy = float(accuracy_score(target, predicted))
    precision, recall, f1, _ = precision_recall_fscore_support(target, predicted, average="macro")
    metrics.log_metric("accuracy", round(accuracy, 4))
    metrics.log_metric("precision", round(float(precision), 4))
    metrics.log_metric("recall", round(float(recall), 4))
    metrics.log_metric("f1", round(float(f1), 4))
    labels = sorted(target.unique())
    confusion.log_confusion_matrix(
        [str(label) for label in labels], confusion_matrix(target, predicted, labels=labels).tolist()
    )
    print(f"accuracy {accuracy:.4f}")
    return accuracy


@dsl.component(base_image=BASE_IMAGE)
def deploy_model(
    model_input: Input[Model], accuracy: float, stage: str = "staging"
) -> NamedTuple("Deployment", [("endpoint", str), ("size_bytes", int)]):
    """Hand a model over to serving. Here it is only described: a real component would push it to a registry.

    Args:
        model_input: The model.
        accuracy: Its accuracy, which the registry shows.
        stage: Where it goes.

    Returns:
        endpoint: Where the model will answer.
        size_bytes: The model's size.
    """
    import os
    from typing import NamedTuple

    size = os.path.getsize(model_input.path)
    print(f"deploying {model_input.metadata.get('framework')} model of {size} bytes with accuracy {accuracy:.4f}")
    deployment = NamedTuple("Deployment", [("endpoint", str), ("size_bytes", int)])
    return deployment(endpoint=f"https://models.example.com/{stage}/classifier", size_bytes=size)
