"""``python -m tests.differential DIR``: exit 0 where no decided answer is wrong, 1 where one is, 2 without cases."""

import sys
from pathlib import Path

from .score import cases_in, files_in, score, stem


def main(arguments):
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python -m tests.differential DIR, a folder of .json.gz case files\n")
        return 2
    files = files_in(Path(arguments[0]))
    if not files:
        sys.stderr.write(f"{arguments[0]} holds no .json or .json.gz file\n")
        return 2
    wrong = 0
    for path in files:
        result = score(stem(path), cases_in(path))
        wrong += len(result.wrong)
        for line in result.lines(stem(path)):
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
