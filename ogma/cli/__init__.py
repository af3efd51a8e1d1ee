"""The `ogma` command. Kept empty of imports: `ogma --help` has to start at once."""

from __future__ import annotations


def main() -> None:
    """Run the command line of this process and leave with its exit code."""
    import os
    import sys

    # Pydantic would read the metadata of every installed package in search of plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from ogma.cli.shell import run

    sys.exit(run(sys.argv[1:]))
