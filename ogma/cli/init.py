"""`ogma init`: from nothing to a config, a data folder, a stored token and an invite link."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json, Yes
from ogma.domain.permissions import INVITE, invite_link, names
from ogma.errors import OgmaError
from ogma.package_data import example_config
from ogma.settings import load, parse
from ogma.settings.files import replace_file
from ogma.settings.locations import make_private_folder
from ogma.settings.rewrite import with_value
from ogma.settings.token import (
    VARIABLE,
    Secret,
    application_id,
    clean_token,
    load_token,
    save_token,
    token_path,
)

NEXT = (
    "Put the ids of your server and its roles into the config with 'ogma config edit'. Then"
    " 'ogma setup apply' makes the channels, 'ogma doctor' checks everything, and 'ogma run'"
    " starts the bot."
)

Id = Annotated[str, typer.Option(metavar="ID", help="Put this id into the config.")]


@dataclass(frozen=True)
class _Token:
    """A token, if there is one, and how it is kept: "file", "environment" or "missing"."""

    kept: str
    path: Path
    secret: Secret | None
    new: bool = False


def command(
    ctx: typer.Context,
    token_file: Annotated[
        str,
        typer.Option(metavar="FILE", help="Read the bot's token from FILE, - for stdin."),
    ] = "",
    token_only: Annotated[
        bool, typer.Option("--token-only", help="Only store the token; leave the config.")
    ] = False,
    application: Annotated[
        int | None,
        typer.Option("--application-id", metavar="ID", help="For the link without a token."),
    ] = None,
    guild: Id = "",
    staff_role: Id = "",
    management_role: Id = "",
    panel: Id = "",
    staff_review: Id = "",
    transcripts: Id = "",
    learned_tips: Id = "",
    category: Id = "",
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there; the old config is kept.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Write a config, keep the token, print the invite link."""
    context: Context = ctx.obj
    text = _config_text(
        {
            "discord.guild": guild,
            "roles.staff": staff_role,
            "roles.management": management_role,
            "channels.panel": panel,
            "channels.staff_review": staff_review,
            "channels.transcripts": transcripts,
            "channels.learned_tips": learned_tips,
            "types.general.category": category,
        }
    )
    if not token_only:
        _refuse_overwriting(context.config, force)
    token = _token(context, token_file, token_only=token_only, ask=not yes, force=force)
    make_private_folder(context.data)
    if token.new and token.secret is not None:
        save_token(token.path, token.secret)
    if not token_only:
        _write_config(context.config, text)
    link = _link(token.secret, application)
    if json:
        context.output.json(_document(context, token, link))
    else:
        _tell(context, token, link, token_only)


def _config_text(ids: dict[str, str]) -> str:
    """The example with these ids put in; raises ConfigError for one that is no id."""
    text = example_config()
    for key, value in ids.items():
        if value:
            text = with_value(text, key, f'["{value}"]' if key.startswith("roles.") else value)
    parse(text, "config.toml")
    return text


def _refuse_overwriting(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise OgmaError(
            f"There is a config already: {path}. Change it with 'ogma config', or start anew with"
            " 'ogma init --force', which keeps the old one beside it."
        )


def _token(context: Context, source: str, *, token_only: bool, ask: bool, force: bool) -> _Token:
    """The token to keep: given now, else the environment's, else the one kept before."""
    name = load(context.config).discord.token_file if token_only else "token"
    path = token_path(name, context.data)
    given = _given(context, source, ask=ask and (force or not path.exists()))
    if given is not None:
        if path.exists() and not force:
            raise OgmaError(f"There is a token already: {path}. Add --force to replace it.")
        return _Token("file", path, given, new=True)
    if context.environ.get(VARIABLE):
        return _Token("environment", path, load_token(name, context.data, context.environ))
    if path.exists():
        return _Token("file", path, load_token(name, context.data, context.environ))
    return _Token("missing", path, None)


def _given(context: Context, source: str, *, ask: bool) -> Secret | None:
    if source == "-":
        return clean_token(sys.stdin.readline(), "standard input")
    if source:
        try:
            return clean_token(Path(source).read_text("utf-8"), source)
        except OSError as failed:
            raise OgmaError(f"Cannot read the token from {source}: {failed.strerror}.") from failed
        except UnicodeDecodeError as failed:
            raise OgmaError(f"Cannot read the token from {source}: it is not text.") from failed
    if ask and context.output.interactive and not context.environ.get(VARIABLE):
        question = "The bot's token (it does not show; empty: not now):"
        typed = context.output.ask_hidden(question, instead="--token-file")
        return clean_token(typed, "your answer") if typed else None
    return None


def _write_config(path: Path, text: str) -> None:
    make_private_folder(path.parent)
    if path.exists():
        replace_file(path.with_name(f"{path.name}.old"), path.read_text("utf-8", "replace"))
    replace_file(path, text)


def _link(token: Secret | None, application: int | None) -> str | None:
    found = application or (application_id(token) if token else None)
    return invite_link(found) if found else None


def _document(context: Context, token: _Token, link: str | None) -> dict[str, object]:
    return {
        "config": str(context.config),
        "data": str(context.data),
        "token": token.kept,
        "token_file": str(token.path),
        "invite": link,
        "permissions": str(INVITE),
        "next": NEXT,
    }


def _tell(context: Context, token: _Token, link: str | None, token_only: bool) -> None:
    say = context.output.text
    if not token_only:
        say(f"Wrote the config {context.config}.")
    say(f"The data folder is {context.data}.")
    if token.kept == "file":
        say(f"The token is in {token.path}, which only you can read.")
    elif token.kept == "environment":
        say(f"The token is taken from {VARIABLE}; it is not stored.")
    else:
        say(
            f"No token is stored: set {VARIABLE}, or store it with"
            " 'ogma init --token-only --token-file FILE'."
        )
    say()
    if link:
        say("Invite the bot to your server with this link:")
        say(f"  {link}")
    else:
        say(
            "The invite link needs the application's id:"
            " 'ogma init --token-only --application-id ID'."
        )
    say(f"It asks for no more than: {', '.join(names(INVITE))}.")
    say(
        "In Discord's developer portal, on the page Bot, turn on Message Content Intent and"
        " Server Members Intent."
    )
    say()
    say(NEXT)
