"""`python -m qa`: the same as `onrecord ask`."""

import sys

from ui.cli import main

if __name__ == "__main__":
    sys.exit(main(["ask", *sys.argv[1:]]))
