"""The `ogma` command. Kept empty of imports: `ogma --help` has to start at once."""

from __future__ import annotations


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    import sys

    from ogma.cli.shell import run

    sys.exit(run(sys.argv[1:]))
