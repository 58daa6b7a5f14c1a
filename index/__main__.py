"""`python -m index`: the same as `onrecord index`."""

import sys

from ui.cli import main

if __name__ == "__main__":
    sys.exit(main(["index", *sys.argv[1:]]))
