"""Transcripts written to where the person wants them: a file, a folder, or stdout (T2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer

from ogma.cli.output import Output
from ogma.domain.archive import View
from ogma.errors import OgmaError, UsageError
from ogma.services.data.export import INDEX, export, index
from ogma.services.desk import Desk
from ogma.settings.files import replace_file
from ogma.transcripts.render import IndexEntry

STDOUT = "-"


class Form(StrEnum):
    """The formats of a transcript; the values are also the files' endings."""

    HTML = "html"
    MD = "md"
    JSON = "json"
    TXT = "txt"

    @classmethod
    def chosen(cls, given: Form | None, out: str | None) -> Form:
        """The format that was named, else the one that the file's name stands for."""
        ending = Path(out or "").suffix.lower().lstrip(".")
        return given or next((one for one in cls if one.value == ending), cls.HTML)


@dataclass(frozen=True, slots=True)
class Job:
    """What to export: ticket numbers, format, view, and `out` as it was typed."""

    numbers: tuple[int, ...]
    form: Form
    view: View
    out: str | None
    redact: bool = False


def export_all(output: Output, desk: Desk, job: Job, *, json: bool) -> None:
    """Write every transcript; one that fails is said, and the others are written all the same."""
    if job.out == STDOUT:
        if json:
            raise UsageError("--json says which files were written; it does not go with --out -.")
        _to_stdout(output, desk, job)
        return
    places = _places(job)
    written: dict[int, Path] = {}
    failed: dict[int, str] = {}
    entries: list[IndexEntry] = []
    with output.progress("Exporting", len(places)) as advance:
        for number, path in places.items():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                made = export(desk, number, job.form, job.view, path.name, redact=job.redact)
                replace_file(path, made.text, new_mode=0o600)
                written[number] = path
                entries.append(made.entry)
            except (OSError, OgmaError) as error:
                failed[number] = str(error)
            advance()
    page = _write_index(desk, places, entries)
    _report(output, written, failed, page, json=json)
    if failed:
        raise typer.Exit(1)


def _write_index(desk: Desk, places: Mapping[int, Path], entries: list[IndexEntry]) -> Path | None:
    """The page that lists several transcripts, beside them."""
    if len(places) < 2 or not entries:
        return None
    page = next(iter(places.values())).with_name(INDEX)
    replace_file(page, index(desk, entries), new_mode=0o600)
    return page


def _to_stdout(output: Output, desk: Desk, job: Job) -> None:
    if job.form is Form.HTML and len(job.numbers) > 1:
        raise UsageError("Several HTML pages do not fit one stream; name a folder with --out.")
    for number in job.numbers:
        made = export(desk, number, job.form, job.view, redact=job.redact)
        output.text(made.text.rstrip("\n"))


def _places(job: Job) -> dict[int, Path]:
    """Where each transcript goes."""
    names = {number: f"ticket-{number:06d}.{job.form}" for number in job.numbers}
    if len(job.numbers) > 1:
        folder = Path(job.out or "ogma-tickets").expanduser()
        if folder.exists() and not folder.is_dir():
            raise UsageError(
                f"{folder} is a file; several transcripts need a folder, name one with --out."
            )
        return {number: folder / name for number, name in names.items()}
    (number, name), *_ = names.items()
    target = Path(job.out or name).expanduser()
    as_folder = target.is_dir() or (job.out or "").endswith("/")
    return {number: target / name if as_folder else target}


def _report(
    output: Output,
    written: dict[int, Path],
    failed: dict[int, str],
    page: Path | None,
    *,
    json: bool,
) -> None:
    if json:
        files = [{"number": number, "path": str(path)} for number, path in written.items()]
        problems = [{"number": number, "reason": reason} for number, reason in failed.items()]
        output.json(
            {"files": files, "failed": problems, "index": None if page is None else str(page)}
        )
        return
    if len(written) == 1:
        output.text(str(next(iter(written.values()))))
    elif written:
        folder = next(iter(written.values())).parent
        output.text(f"{len(written)} transcripts in {folder}; {INDEX} lists them")
    for number, reason in failed.items():
        output.error(f"Ticket {number} was not exported: {reason}")
