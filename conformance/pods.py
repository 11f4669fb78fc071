"""pods.py VERSION < PODS.json: holds pods against the schemas of a version of Kubernetes. Each is {"of": …, "pod": …}."""

import json
import sys

import kubernetes_validate

SHOWN = 20
complaints = []
for each in json.load(sys.stdin):
    try:
        kubernetes_validate.validate(each["pod"], sys.argv[1], strict=True)
    except kubernetes_validate.ValidationError as error:
        place = ".".join(str(part) for part in error.path)
        complaints.append(f"{each['of']}: {place}: {error.message[:300]}")
print("\n".join(complaints[:SHOWN]))
sys.exit(1 if complaints else 0)
