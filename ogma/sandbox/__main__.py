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
    parser.add_argument(
        "--stop-with-stdin", action="store_true", help="also stop when standard input ends"
    )
    arguments = parser.parse_args()
    if not 0 <= arguments.port <= 65535:
        parser.error("a port is a number from 0 to 65535")
    try:
        until = sys.stdin if arguments.stop_with_stdin else None
        asyncio.run(serve(arguments.port, sys.stdout, until=until))
    except OSError as error:
        sys.stderr.write(f"The sandbox cannot start: {error.strerror or error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
