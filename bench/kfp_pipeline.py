"""python3 kfp_pipeline.py TASKS: compiles the benchmark's pipeline by the kfp SDK; prints the size of its compact JSON."""

import json
import os
import sys
import tempfile

import components as c
import yaml
from kfp import compiler, dsl

READERS = [c.clean_data, c.build_features, c.train_model, c.evaluate_model]


@dsl.pipeline(name="bench")
def bench(rate: float = 0.1):
    head = None
    for index in range(int(sys.argv[1])):
        if index % 10 == 0:
            head = c.load_data(seed=head.outputs["Output"] if head else 1.0)
        else:
            READERS[index % 4](data=head.outputs["out"], rate=rate)


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "bench.yaml")
    compiler.Compiler().compile(bench, path)
    with open(path) as file:
        print(sum(len(json.dumps(document, separators=(",", ":"))) for document in yaml.safe_load_all(file)))
