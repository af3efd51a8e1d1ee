"""What writing many transcripts costs: does memory stay where it is, and the cost of each?

The newest 100 and the newest 1,000 of 2,000 tickets, each by a process of its own; so is the
filling, since Linux counts what the starting process holds into the peak of what it starts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from ogma.domain.clock import DAY, rfc3339

POPULATE: Final = Path(__file__).resolve().parents[1] / "populate.py"
END: Final = 1_798_761_600_000
"""When the year that it writes is over."""
TICKETS: Final = 2_000
MESSAGES: Final = 30
COUNTS: Final = (100, 1_000)


def exported(data: Path, out: Path, count: int) -> dict[str, float]:
    """Peak memory and processor time of one export of about so many."""
    since = str(rfc3339(END - count * 365 * DAY // TICKETS))
    command = [sys.executable, "-m", "ogma", "--data", str(data), "tickets", "export"]
    process = subprocess.Popen(
        [*command, "--since", since, "--out", str(out)], stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the export ended with {process.returncode}")
    written = len(list(out.glob("ticket-*.html")))
    seconds = used.ru_utime + used.ru_stime
    return {
        "transcripts": written,
        "peak_mb": round(used.ru_maxrss / 1024, 1),
        "cpu_ms_each": round(seconds * 1000 / written, 2),
    }


def main() -> None:
    """Print one JSON line."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        size = ["--tickets", str(TICKETS), "--open", "100", "--messages", str(MESSAGES)]
        filling = [sys.executable, str(POPULATE), str(root / "data"), *size]
        subprocess.run(filling, check=True, stdout=subprocess.DEVNULL)
        runs = [exported(root / "data", root / str(count), count) for count in COUNTS]
    few, many = runs
    grown = round(many["peak_mb"] - few["peak_mb"], 1)
    print(json.dumps({"export": {"runs": runs, "peak_grows_mb": grown}}))


if __name__ == "__main__":
    main()
