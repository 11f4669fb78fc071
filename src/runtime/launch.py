"""Runs one component: `python3 launch.py`, with everything it needs in the environment (docs/runtime-contract.md)."""

import os
import sys


def main():
    """Runs the component and returns the exit code."""
    if sys.version_info < (3, 8):
        sys.stderr.write("kfp: the image has Python %d.%d; components need 3.8 or newer\n" % sys.version_info[:2])
        return 3
    # Bytecode written in a pod is never read again. The variable is for processes that user code starts.
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    # PYTHONSAFEPATH leaves out the folder that every other Python puts first.
    folder = os.path.dirname(os.path.abspath(__file__))
    if folder not in sys.path:
        sys.path.insert(0, folder)
    from kfp_runtime.process import run

    return run()


# Guarded, because processes that user code spawns import this file again.
if __name__ == "__main__":
    sys.exit(main())
