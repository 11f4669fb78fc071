"""Reads the KFP components of Python files without running them.

Started as ``python3 -I -S parse_components.py``. Standard input is a JSON list of ``{"path": ..., "name": ...}``: where
each file is and how to name it. Standard output is a JSON list, one item per file in the same order:
``{"name", "digest", "components", "diagnostics"}``. Only the standard library is used, of any Python from 3.8 on.
"""

import json
import os
import sys

if sys.version_info < (3, 8):
    sys.exit("it is Python %d.%d, and 3.8 or newer is needed" % sys.version_info[:2])

sys.dont_write_bytecode = True  # the folder of an installed npm package is not ours to write to
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # isolated mode leaves the script's folder out

from component_parser.file import parse_file  # noqa: E402


def main() -> None:
    sys.setrecursionlimit(5000)  # long chains of operators are deep trees
    requests = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    json.dump([parse_file(request["path"], request["name"]) for request in requests], sys.stdout)


if __name__ == "__main__":
    main()
