"""O4: the form with a type's own fields, and the greeting that repeats what was answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from ogma.bot.render import forms, ticket
from ogma.bot.render.message import Upload
from ogma.domain.intake import FieldAnswer, FieldPolicy
from ogma.domain.policies import TypePolicy
from ogma.texts import load
from tests.bot.rendered import TICKET, assert_text, assert_within_limits, embed, form_payload

EN = load("en")

FIELDS = (
    FieldPolicy(id="order", label="Order number", hint="On the bill", min_length=4, max_length=9),
    FieldPolicy(id="story", label="What happened?", kind="paragraph", required=False),
    FieldPolicy(id="device", label="Device", kind="select", options=("Phone", "Desk")),
    FieldPolicy(id="shot", label="Screenshot", kind="file", required=False),
)


def controls(*fields: FieldPolicy) -> list[dict[str, Any]]:
    form = forms.intake(EN, TypePolicy(id="bug", label="Bug", category=1, fields=fields))
    assert form is not None
    sent = form_payload(form)
    assert (sent["title"], sent["custom_id"]) == ("Bug", "ogma:intake:bug")
    return list(sent["components"])


def test_o4_each_kind_of_field() -> None:
    """O4: short text, paragraph, select, file upload; required or not, min and max length."""
    order, story, device, shot = controls(*FIELDS)
    assert (order["label"], order["description"]) == ("Order number", "On the bill")
    text = order["component"]
    assert (text["type"], text["custom_id"], text["style"]) == (4, "order", 1)
    assert (text["required"], text["min_length"], text["max_length"]) == (True, 4, 9)
    text = story["component"]
    assert (text["style"], text["required"]) == (2, False)
    assert (text["min_length"], text["max_length"]) == (0, 1000)
    select = device["component"]
    assert (select["type"], select["required"], select["min_values"]) == (3, True, 1)
    assert [option["value"] for option in select["options"]] == ["Phone", "Desk"]
    upload = shot["component"]
    assert (upload["type"], upload["required"], upload["min_values"]) == (19, False, 0)


def test_o4_own_fields_replace_subject_and_description() -> None:
    assert [one["component"]["custom_id"] for one in controls(FIELDS[0])] == ["order"]


def test_o4_the_greeting_repeats_the_answers() -> None:
    """O4, O8: nothing that was answered can fake a link, a mention or a heading."""
    bare = replace(TICKET, subject=None, description=None)
    answers = (
        FieldAnswer("order", "Order number", "short", "47**11**"),
        FieldAnswer("story", "What?", "paragraph", "# It\n@everyone broke"),
        FieldAnswer("shot", "Screenshot", "file", "a.png"),
    )
    message = ticket.greeting(
        EN, bare, type_label="Bug", ai=True, answers=answers, files=[Upload("a.png", "/x/a.png")]
    )
    shown = embed_of(message)
    assert shown["description"].endswith(
        "\n\n**Order number**\n> 47\\*\\*11\\*\\*\n**What?**\n> \\# It\n> \\@everyone broke\n"
        "**Screenshot**\n> a.png"
    )
    assert message.files == (Upload("a.png", "/x/a.png"),)


def embed_of(message: Any) -> dict[str, Any]:
    return embed(replace(message, files=()))


anything = st.text(max_size=300)
own_fields = st.lists(
    st.builds(
        FieldPolicy,
        id=st.from_regex(r"\A[a-z0-9][a-z0-9_-]{0,31}\Z"),
        label=st.text(min_size=1, max_size=45),
        kind=st.sampled_from(get_args(FieldPolicy.model_fields["kind"].annotation)),
        hint=st.text(max_size=100),
        required=st.booleans(),
        max_length=st.integers(0, 4000),
        options=st.lists(
            st.text(min_size=1, max_size=50), min_size=2, max_size=25, unique=True
        ).map(tuple),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda field: field.id,
)


@given(own_fields)
def test_forms_keep_to_discords_limits(fields: list[FieldPolicy]) -> None:
    """Whatever the config lets through, Discord would show."""
    for one in controls(*fields):
        assert_text(one["label"], 45)
        assert_text(one.get("description"), 100, required=False)
        control = one["component"]
        assert 1 <= len(control["custom_id"]) <= 100
        if control["type"] == 4:
            assert 0 <= control["min_length"] <= control["max_length"] <= 4000
        for option in control.get("options", ()):
            assert_text(option["label"], 100)


@given(st.lists(st.builds(FieldAnswer, anything, anything, st.just("short"), anything), max_size=5))
def test_greetings_keep_to_discords_limits(answers: list[FieldAnswer]) -> None:
    message = ticket.greeting(EN, TICKET, type_label="Bug", ai=False, answers=answers)
    assert_within_limits(message)
