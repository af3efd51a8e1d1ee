"""Forms: the intake before a ticket opens, and the comment after a rating."""

from __future__ import annotations

import disnake

from ogma.bot.custom_ids import Action, encode
from ogma.bot.render.escape import label
from ogma.bot.render.limits import FORM_LABEL, FORM_TITLE, INPUT_PLACEHOLDER, clip
from ogma.bot.render.message import Form
from ogma.domain.opening import wants
from ogma.domain.policies import TypePolicy
from ogma.texts import Texts

SUBJECT_MAX = 100
DESCRIPTION_MAX = 2000
COMMENT_MAX = 1000


def intake(texts: Texts, kind: TypePolicy) -> Form | None:
    """What this type asks before it opens, with inputs 'subject' and 'description', or None."""
    subject, description = wants(kind.intake)
    inputs = []
    if subject:
        inputs.append(_input(texts, "subject", SUBJECT_MAX, disnake.TextInputStyle.short))
    if description:
        long = disnake.TextInputStyle.paragraph
        inputs.append(_input(texts, "description", DESCRIPTION_MAX, long))
    if not inputs:
        return None
    return _form(label(kind.label) or kind.id, encode(Action.INTAKE, kind.id), *inputs)


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
