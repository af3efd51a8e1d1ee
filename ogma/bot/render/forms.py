"""Forms: the intake before a ticket opens, and the comment after a rating."""

from __future__ import annotations

from typing import Any

import disnake
from disnake.ui.select.string import StringSelect

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render.escape import label
from ogma.bot.render.limits import (
    FORM_LABEL,
    FORM_TITLE,
    INPUT_HINT,
    INPUT_PLACEHOLDER,
    OPTION,
    clip,
)
from ogma.bot.render.message import Form
from ogma.domain.intake import FieldPolicy
from ogma.domain.opening import wants
from ogma.domain.policies import TypePolicy
from ogma.texts import Texts

SUBJECT_MAX = 100
DESCRIPTION_MAX = 2000
COMMENT_MAX = 1000
_Control = disnake.ui.TextInput | StringSelect[Any] | disnake.ui.FileUpload

FILES = 5
"""The most files in one field; Discord would take ten."""


def intake(texts: Texts, kind: TypePolicy) -> Form | None:
    """What this type asks before it opens, or None.

    Its inputs are named as its own fields are, or else 'subject' and 'description'.
    """
    title, custom_id = label(kind.label) or kind.id, encode(Action.INTAKE, kind.id)
    if kind.fields:
        return _form(title, custom_id, *map(_field, kind.fields))
    subject, description = wants(kind.intake)
    inputs = []
    if subject:
        inputs.append(_input(texts, "subject", SUBJECT_MAX, disnake.TextInputStyle.short))
    if description:
        long = disnake.TextInputStyle.paragraph
        inputs.append(_input(texts, "description", DESCRIPTION_MAX, long))
    if not inputs:
        return None
    return _form(title, custom_id, *inputs)


def _field(field: FieldPolicy) -> disnake.ui.Label:
    return disnake.ui.Label(
        clip(label(field.label) or field.id, FORM_LABEL),
        _control(field),
        description=clip(label(field.hint), INPUT_HINT) or None,
    )


def _control(field: FieldPolicy) -> _Control:
    match field.kind:
        case "select":
            options = [
                disnake.SelectOption(label=clip(label(one) or "-", OPTION), value=one)
                for one in field.options
            ]
            return StringSelect(
                custom_id=field.id,
                options=options,
                min_values=int(field.required),
                required=field.required,
            )
        case "file":
            return disnake.ui.FileUpload(
                custom_id=field.id,
                min_values=1 if field.required else 0,
                max_values=FILES,
                required=field.required,
            )
    styles = disnake.TextInputStyle
    return disnake.ui.TextInput(
        custom_id=field.id,
        style=styles.short if field.kind == "short" else styles.paragraph,
        required=field.required,
        min_length=max(field.min_length, int(field.required)),
        max_length=field.longest,
    )


def csat_comment(texts: Texts, ticket: int) -> Form:
    """What could have been better, with the input 'comment'."""
    comment = _input(texts, "comment", COMMENT_MAX, disnake.TextInputStyle.paragraph)
    return _form(texts("form.comment_title"), encode(Action.CSAT_COMMENT_FORM, ticket), comment)


def _form(title: str, custom_id: str, *inputs: disnake.ui.Label) -> Form:
    return Form(clip(title, FORM_TITLE), custom_id, inputs)


def _input(
    texts: Texts, name: str, max_length: int, style: disnake.TextInputStyle
) -> disnake.ui.Label:
    return disnake.ui.Label(
        clip(texts(f"form.{name}"), FORM_LABEL),
        disnake.ui.TextInput(
            custom_id=name,
            style=style,
            placeholder=clip(texts(f"hint.{name}"), INPUT_PLACEHOLDER),
            min_length=1,
            max_length=max_length,
        ),
    )
