"""Makes hostile files from sound ones: the same for the same seed, named by what is wrong."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from tests.knowledge import office_files

WORDS = ("refund", "Öffnungszeiten", "סכום", "退款", "🦓", "café", "naïve", "price")
RTL = "\u202eDrawkcab\u202c \u05d4\u05d7\u05d6\u05e8 \u200f(42)\u200e"


def sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(3, 12))) + "."


def sound(chance: random.Random) -> dict[str, bytes]:
    """Name -> content of files that are as they should be, with much in them that is unusual."""
    said = [sentence(chance) for _ in range(6)]
    huge = " ".join(said * 20)
    rows = [["case", "answer"], [RTL, huge], ["", ""], *([one, one] for one in said)]
    table = "".join(f"<tr><td>{a}<table><tr><td>{b}</td></tr></table></td></tr>" for a, b in rows)
    page = f"<html><body><h1>{said[0]}</h1><p>{RTL}</p><table>{table}</table></body></html>"
    markdown = "\n\n".join(f"{'#' * (at % 7)} {one}" for at, one in enumerate(said))
    return {
        "page.html": page.encode(),
        "notes.md": f"{markdown}\n\n| a | b |\n|---|\n| {RTL} | {huge} | 3 |\n\n```\nopen".encode(),
        "plain.txt": "\r\n".join([*said, RTL, huge]).encode(),
        "table.csv": "\n".join(f'"{a}";"{b}"' for a, b in rows).encode(),
        "data.json": json.dumps({one: [one, {one: [huge, None, 1e308]}] for one in said}).encode(),
        "letter.docx": office_files.word("".join(map(office_files.paragraph, [*said, RTL, huge]))),
        "talk.pptx": office_files.slides(*(office_files.shape(one) for one in said)),
        "sheet.xlsx": office_files.workbook({"A and B": rows, "empty": []}),
        "paper.pdf": office_files.pdf([(12, "Refunds take days."), (12, "Ask again.")]),
    }


def hostile(seed: int) -> Iterator[tuple[str, str, bytes]]:
    """(what is wrong, name, content), one of each kind per file."""
    chance = random.Random(seed)
    files = sound(chance)
    for name, data in files.items():
        at = chance.randrange(1, len(data))
        yield "truncated", name, data[:at]
        yield "beginning lost", name, data[at:]
        yield "bits flipped", name, _flipped(data, chance)
        yield "null bytes", name, data[:at] + b"\x00" * 40 + data[at:]
        yield "twice", name, data + data
        yield "wrong name", chance.choice(sorted(files)), data
        yield "no suffix", name.partition(".")[0], data
        yield "other encoding at the end", name, data + "Größe é".encode("latin-1")
        yield "mark of UTF-16", name, b"\xff\xfe" + data
        yield "something in front", name, b"\xef\xbb\xbf\r\n \x1a" + data


def _flipped(data: bytes, chance: random.Random) -> bytes:
    raw = bytearray(data)
    for _ in range(max(1, len(raw) // 500)):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(raw)
