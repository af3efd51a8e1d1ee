"""O4: faults of a type's own fields are config errors with their place."""

from __future__ import annotations

import pytest

from ogma.errors import ConfigError
from ogma.settings import parse
from tests.settings.conftest import RIGHT

FIELD = '[[types.fields]]\nid = "order"\nlabel = "Order number"\n'
BEFORE, AFTER = RIGHT.split("[ai]")


def with_fields(written: str) -> str:
    """The right config, with this below the type billing."""
    return f"{BEFORE}{written}[ai]{AFTER}"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            f'{FIELD}kind = "dropdown"\n',
            'line 25: types.billing.fields.order.kind is "dropdown"; allowed is one of "short",'
            ' "paragraph", "select", "file".',
        ),
        (
            FIELD + FIELD,
            'line 26: the field id "order" is given twice.',
        ),
        (
            f'{FIELD}kind = "select"\noptions = ["one"]\n',
            "line 26: types.billing.fields.order.options has 1 entries; a select needs 2 to 25.",
        ),
        (
            f'{FIELD}options = ["one", "two"]\n',
            'line 25: types.billing.fields.order.options is only for fields with kind = "select".',
        ),
        (
            f'{FIELD}kind = "select"\noptions = ["one", "one"]\n',
            "line 26: types.billing.fields.order.options has an entry twice.",
        ),
        (
            f'{FIELD}kind = "file"\nmax_length = 9\n',
            "line 26: types.billing.fields.order.max_length is only for texts.",
        ),
        (
            f"{FIELD}min_length = 101\n",
            "line 25: types.billing.fields.order.min_length is 101, more than its max_length"
            " (100).",
        ),
        (
            f'{FIELD}kind = "paragraph"\nmax_length = 3501\n',
            "line 22: the answers to types.billing.fields may have 3501 characters together;"
            " 3500 fit into the pinned message, so lower their max_length.",
        ),
        (
            "".join(FIELD.replace("order", f"order{n}") for n in range(6)),
            "line 22: types.billing.fields is a list; allowed is a list, each entry a table.",
        ),
    ],
)
def test_a_fault_names_its_place(written: str, said: str) -> None:
    """O4, S4: file, line, key, what was found, what is allowed."""
    with pytest.raises(ConfigError) as caught:
        parse(with_fields(written), "config.toml")
    assert str(caught.value) == f"config.toml, {said}"


def test_five_fields_of_all_kinds_are_right() -> None:
    kinds = ("short", "paragraph", "file", "short", "short")
    written = "".join(
        FIELD.replace("order", f"order{n}") + f'kind = "{kind}"\n' for n, kind in enumerate(kinds)
    )
    settings = parse(with_fields(written), "config.toml")
    assert [field.kind for field in settings.types[1].fields] == list(kinds)
