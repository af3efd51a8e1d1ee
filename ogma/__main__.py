"""`python -m ogma` is the `ogma` command."""

from __future__ import annotations

from ogma.cli import main

if __name__ == "__main__":
    main()
