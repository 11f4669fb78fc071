"""kubernetes_schemas.py VERSION < OBJECTS.json: holds objects of Kubernetes' own kinds against the schemas of one of its versions.

Each is {"of": …, "object": …}. A kind that has no schema is a complaint.
"""

import json
import sys

import kubernetes_validate

SHOWN = 20
complaints = []
for each in json.load(sys.stdin):
    try:
        kubernetes_validate.validate(each["object"], sys.argv[1], strict=True)
    except kubernetes_validate.SchemaNotFoundError as error:
        complaints.append(f"{each['of']}: {error.message}")
    except kubernetes_validate.ValidationError as error:
        place = ".".join(str(part) for part in error.path)
        complaints.append(f"{each['of']}: {place}: {error.message[:300]}")
print("\n".join(complaints[:SHOWN]))
sys.exit(1 if complaints else 0)
