"""What may be quoted alone, and that every piece is an exact slice of its passage."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ogma.answering.pieces import Kind, Piece, flowing, pieces, sentences

PASSAGE = """# Refunds

You get your money back within 14 days, e.g. by card. It takes 3.5 days. Really!

To ask for a refund:
1. Open **Settings**.
2. Press Refund.

   It asks once more.

```bash
shop refund --order 42

shop status
```
| plan | price |
|------|-------|
| Pro  | 5 EUR |

Done."""


def test_cuts_sentences_but_keeps_lists_code_and_tables_whole() -> None:
    found = [(piece.kind, piece.text) for piece in pieces(PASSAGE)]
    assert found == [
        (Kind.SENTENCE, "You get your money back within 14 days, e.g. by card."),
        (Kind.SENTENCE, "It takes 3.5 days."),
        (Kind.SENTENCE, "Really!"),
        (
            Kind.LIST,
            "To ask for a refund:\n1. Open **Settings**.\n2. Press Refund.\n\n"
            "   It asks once more.",
        ),
        (Kind.CODE, "```bash\nshop refund --order 42\n\nshop status\n```"),
        (Kind.TABLE, "| plan | price |\n|------|-------|\n| Pro  | 5 EUR |"),
        (Kind.SENTENCE, "Done."),
    ]


def test_an_unclosed_fence_runs_to_the_end() -> None:
    assert [piece.kind for piece in pieces("Look.\n\n```\na\n\nb")] == [Kind.SENTENCE, Kind.CODE]


def test_an_abbreviation_does_not_end_a_sentence() -> None:
    assert sentences("Ask Dr. Smith, i.e. Ann. She knows.") == [
        "Ask Dr. Smith, i.e. Ann.",
        "She knows.",
    ]


def test_sentences_of_scripts_without_spaces() -> None:
    assert sentences("退款需要三天。请等待！") == ["退款需要三天。", "请等待！"]


@given(st.text(alphabet="aB .!?:\n-#`|*1)\té。", max_size=200))
def test_every_piece_is_an_exact_slice_and_they_do_not_overlap(passage: str) -> None:
    end = 0
    for piece in pieces(passage):
        assert piece.text.strip()
        assert passage[piece.start : piece.start + len(piece.text)] == piece.text
        assert piece.start >= end
        end = piece.start + len(piece.text)


WRAPPED = (
    "Refunds are paid back to the card that was used,\nwithin 14 days, as long as\nit is valid."
)


def test_a_hard_wrapped_sentence_reads_as_prose() -> None:
    """Discord shows each line break of a source; a wrapped line is not meant as one."""
    piece = Piece(Kind.SENTENCE, WRAPPED, 0)
    assert flowing(piece) == WRAPPED.replace("\n", " ")


def test_lines_that_are_meant_stay_lines() -> None:
    for kind, text in (
        (Kind.SENTENCE, "Monday 9 to 17\nTuesday 9 to 12"),
        (Kind.SENTENCE, f"{'A line of an address that is long enough, ' * 2}  \nBerlin"),
        (Kind.TABLE, f"| {'a' * 60} |\n| b |"),
        (Kind.CODE, f"```\n{'a' * 60}\nb\n```"),
    ):
        assert flowing(Piece(kind, text, 0)) == text
    items = "- Open the settings of the server that you leave\n  and press the button\n- Then wait"
    assert flowing(Piece(Kind.LIST, items, 0)) == items.replace("\n  and", " and")


@given(st.text(alphabet="aB .!?:\n-#`|*1)\\\té。", max_size=200))
def test_joining_lines_changes_white_space_alone(passage: str) -> None:
    for piece in pieces(passage):
        assert flowing(piece).split() == piece.text.split()


STEPS = """To reset the server:

1. Stop it and see that it really has stopped:
   ```sh
   shop stop

   shop status
   ```
2. Delete the cache.
3. Start it
   in a while:

```sh
shop start --with "a name so long that the line would have been wrapped"
```

   | plan | wait |
   |------|------|
   | Pro  | none |
4. Have fun."""


def test_a_list_keeps_the_code_and_tables_between_its_items() -> None:
    """A6: half of the steps would be a wrong answer; indented or not, code stays as it is."""
    found = pieces(f"{STEPS}\n\nDone.")
    assert [(piece.kind, piece.text) for piece in found] == [
        (Kind.LIST, STEPS),
        (Kind.SENTENCE, "Done."),
    ]
    assert flowing(found[0]) == STEPS.replace("Start it\n   in", "Start it in")


def test_code_after_a_list_that_does_not_introduce_it_stands_alone() -> None:
    found = pieces("- one\n- two\n\n```\ncode\n```\n\n- three")
    assert [piece.kind for piece in found] == [Kind.LIST, Kind.CODE, Kind.LIST]


def test_code_that_shows_code_is_one_piece() -> None:
    code = "````md\n```sh\nls\n```\n````"
    assert [(piece.kind, piece.text) for piece in pieces(code)] == [(Kind.CODE, code)]


def test_a_table_needs_no_bar_at_the_side() -> None:
    table = "Plan | Price\n--- | ---\nPro, for all who play alone or with others | 9 EUR\nMax | 9"
    [found] = pieces(table)
    assert (found.kind, found.text, flowing(found)) == (Kind.TABLE, table, table)
    assert pieces("Yes | no\nand more")[0].kind is Kind.SENTENCE
