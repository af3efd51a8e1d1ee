"""`python -m ogma.sandbox --port N`: serve until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import sys

from ogma.sandbox.server import serve


def main() -> int:
    """Parse the command line and serve; 1 with a sentence where the port is in use."""
    parser = argparse.ArgumentParser(prog="python -m ogma.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    arguments = parser.parse_args()
    try:
        asyncio.run(serve(arguments.port, sys.stdout))
    except OSError as error:
        sys.stderr.write(f"The sandbox cannot start: {error.strerror or error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
