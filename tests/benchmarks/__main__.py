"""Every benchmark, one after the other: ``python -m tests.benchmarks`` from the root of the checkout."""

import runpy
import sys
from pathlib import Path

for file in sorted(Path(__file__).parent.glob("bench_*.py")):
    sys.stdout.write(f"\n{file.name}\n")
    sys.stdout.flush()
    runpy.run_path(str(file), run_name="__main__")
