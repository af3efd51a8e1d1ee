"""What writing many transcripts costs: does memory stay where it is, and the cost of each?

The newest 100 and the newest 1,000 of 20,000 tickets, and the newest 1,000 of a tenth of them, each
by a process of its own; so is the filling, since Linux counts what the starting process holds into
the peak of what it starts. EXPORT_TICKETS makes the large archive another size.
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
TICKETS: Final = 20_000
MESSAGES: Final = 30
FEW: Final = 100
MANY: Final = 1_000


def filled(folder: Path, tickets: int) -> Path:
    """A year of so many tickets."""
    size = ["--tickets", str(tickets), "--open", "100", "--messages", str(MESSAGES)]
    filling = [sys.executable, str(POPULATE), str(folder), *size]
    subprocess.run(filling, check=True, stdout=subprocess.DEVNULL)
    return folder


def exported(data: Path, out: Path, tickets: int, count: int) -> dict[str, float]:
    """Peak memory and processor time of one export of about so many of the tickets."""
    since = str(rfc3339(END - count * 365 * DAY // tickets))
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
    large = int(os.environ.get("EXPORT_TICKETS", TICKETS))
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        year, tenth = filled(root / "year", large), filled(root / "tenth", large // 10)
        few = exported(year, root / "few", large, FEW)
        many = exported(year, root / "many", large, MANY)
        beside = exported(tenth, root / "beside", large // 10, MANY)
    report = {
        "tickets": large,
        "few": few,
        "many": many,
        "many_of_a_tenth": beside,
        "peak_grows_mb": round(many["peak_mb"] - few["peak_mb"], 1),
        "peak_ratio_to_a_tenth": round(many["peak_mb"] / beside["peak_mb"], 2),
        "cpu_ratio_to_a_tenth": round(many["cpu_ms_each"] / beside["cpu_ms_each"], 2),
    }
    print(json.dumps({"export": report}))


if __name__ == "__main__":
    main()
