"""python3 cpu.py COMMAND...: runs a command; prints, last, the CPU seconds (user and system) of it and its children.

Node cannot ask for a child's times. Wall time says little on a shared machine; CPU time is what a command costs.
"""

import os
import subprocess
import sys

process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
print(f"\n{usage.ru_utime + usage.ru_stime:.6f}")
sys.exit(os.waitstatus_to_exitcode(status))
