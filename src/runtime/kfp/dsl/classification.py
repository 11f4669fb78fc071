"""Metrics of classifiers, in the form that KFP's UI draws."""

from kfp.dsl.artifacts import Artifact


class ClassificationMetrics(Artifact):
    """Confusion matrix and ROC curve."""

    schema_title = "system.ClassificationMetrics"

    def log_roc_data_point(self, fpr, tpr, threshold):
        """Adds a point to the ROC curve."""
        point = {"confidenceThreshold": threshold, "recall": tpr, "falsePositiveRate": fpr}
        self.metadata.setdefault("confidenceMetrics", []).append(point)

    def log_roc_curve(self, fpr, tpr, threshold):
        """Adds the points of a ROC curve, given as three lists of one length."""
        if not len(fpr) == len(tpr) == len(threshold):
            lengths = (len(fpr), len(tpr), len(threshold))
            raise ValueError("fpr, tpr and threshold differ in length: %d, %d and %d" % lengths)
        for point in zip(fpr, tpr, threshold):
            self.log_roc_data_point(*point)

    def set_confusion_matrix_categories(self, categories):
        """Begins a confusion matrix, all zero."""
        categories = list(categories)
        self.metadata["confusionMatrix"] = {
            "annotationSpecs": [{"displayName": category} for category in categories],
            "rows": [{"row": [0] * len(categories)} for _ in categories],
        }

    def log_confusion_matrix_row(self, row_category, row):
        """Sets a row of the confusion matrix."""
        categories, rows = self._matrix()
        row = list(row)
        if len(row) != len(categories):
            raise ValueError("a row has %d values, for %d categories" % (len(row), len(categories)))
        rows[_index(row_category, categories)]["row"] = row

    def log_confusion_matrix_cell(self, row_category, col_category, value):
        """Sets a cell of the confusion matrix."""
        categories, rows = self._matrix()
        rows[_index(row_category, categories)]["row"][_index(col_category, categories)] = value

    def log_confusion_matrix(self, categories, matrix):
        """Sets the whole confusion matrix."""
        categories, matrix = list(categories), [list(row) for row in matrix]
        if len(matrix) != len(categories) or any(len(row) != len(categories) for row in matrix):
            raise ValueError(
                "a matrix for %d categories needs as many rows and columns: %r" % (len(categories), matrix)
            )
        self.set_confusion_matrix_categories(categories)
        for category, row in zip(categories, matrix):
            self.log_confusion_matrix_row(category, row)

    def _matrix(self):
        matrix = self.metadata.get("confusionMatrix")
        if matrix is None:
            raise ValueError("call set_confusion_matrix_categories first")
        return [spec["displayName"] for spec in matrix["annotationSpecs"]], matrix["rows"]


def _index(category, categories):
    if category not in categories:
        raise ValueError("%r is not one of the categories %r" % (category, categories))
    return categories.index(category)


def _of_slice(name):
    """The method of ClassificationMetrics as one that takes the slice first."""

    def log(self, slice, *arguments, **named):
        getattr(self._slice(slice), name)(*arguments, **named)

    return log


class SlicedClassificationMetrics(Artifact):
    """Classification metrics by slice of the data."""

    schema_title = "system.SlicedClassificationMetrics"

    def log_roc_reading(self, slice, threshold, tpr, fpr):
        """Adds a point to the ROC curve of a slice."""
        self._slice(slice).log_roc_data_point(fpr, tpr, threshold)

    def load_roc_readings(self, slice, readings):
        """Adds points, each (threshold, tpr, fpr), to the ROC curve of a slice."""
        for reading in readings:
            self.log_roc_reading(slice, *reading)

    set_confusion_matrix_categories = _of_slice("set_confusion_matrix_categories")
    log_confusion_matrix_row = _of_slice("log_confusion_matrix_row")
    log_confusion_matrix_cell = _of_slice("log_confusion_matrix_cell")
    load_confusion_matrix = _of_slice("log_confusion_matrix")

    def _slice(self, name):
        """The metrics of a slice; what is logged there is this artifact's metadata at once."""
        slices = self.metadata.setdefault("evaluationSlices", [])
        found = next((each for each in slices if each["slice"] == name), None)
        if found is None:
            found = {"slice": name, "sliceClassificationMetrics": {}}
            slices.append(found)
        metrics = ClassificationMetrics()
        metrics.metadata = found["sliceClassificationMetrics"]
        return metrics
