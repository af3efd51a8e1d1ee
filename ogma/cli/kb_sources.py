"""`ogma kb sources`: the websites that the knowledge base follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ogma.cli.context import Context
from ogma.cli.options import Json, Yes
from ogma.cli.output import Column
from ogma.cli.when import minute
from ogma.domain.clock import Millis, rfc3339
from ogma.domain.sources import BY_HAND, Source, SourceKind

if TYPE_CHECKING:
    from ogma.services.desk import Desk
    from ogma.services.sync.sources import Overview

app = typer.Typer(help="The websites that the knowledge base follows.")

Name = Annotated[str, typer.Argument(metavar="SOURCE", help="A name or URL as the list shows it.")]
Names = Annotated[list[str], typer.Argument(metavar="SOURCE...", help="Names or URLs.")]
Kind = Annotated[
    SourceKind | None,
    typer.Option(help="One page, what a sitemap lists, or all that is linked below a prefix."),
]
Prefix = Annotated[str | None, typer.Option(metavar="URL", help="Only pages whose URL begins so.")]
Depth = Annotated[int | None, typer.Option(help="Links to follow from the start of a crawl. [3]")]
MaxPages = Annotated[int | None, typer.Option(help="Pages to take at most. [200]")]
Schedule = Annotated[
    str | None,
    typer.Option(
        metavar="CRON",
        help=f"When to sync, in the time zone of [hours]; '{BY_HAND}': only by hand. [0 */6 * * *]",
    ),
]
Called = Annotated[str | None, typer.Option("--name", help="What to call it; else its URL.")]
OnlyType = Annotated[
    list[str] | None,
    typer.Option(metavar="TYPE", help="Answer only tickets of this type; may be repeated."),
]
AllTypes = Annotated[
    bool, typer.Option("--all-types", help="Lift such a limit; tickets of all types.")
]
OnlyRole = Annotated[
    list[int] | None,
    typer.Option(metavar="ROLE", help="Answer only who has this role (its id); may be repeated."),
]
AllRoles = Annotated[bool, typer.Option("--all-roles", help="Lift such a limit; everybody.")]


@contextmanager
def desk_of(context: Context) -> Iterator[Desk]:
    """The folder's desk, beside a running bot or without one."""
    from ogma.services import clock
    from ogma.services.desk import Desk
    from ogma.store.opening import open_database

    settings = context.settings_or_defaults
    db = open_database(context.data)
    try:
        desk = Desk(db, lambda: settings, context.data)
        clock.load_offset(desk)
        yield desk
    finally:
        db.close()


@app.command("list")
def list_(ctx: typer.Context, json: Json = False) -> None:
    """List the sources with their health."""
    from ogma.services.sync import sources

    context: Context = ctx.obj
    with desk_of(context) as desk:
        found = sources.overview(desk.db, desk.settings(), desk.now())
    if json:
        context.output.json({"sources": [_document(one) for one in found]})
        return
    context.output.table(
        ["Source", "Kind", Column("Pages", right=True), "Health", "Synced", "Next"],
        [
            (
                one.source.name,
                one.source.kind.value,
                one.pages,
                one.health.replace("_", " ").capitalize(),
                _time(one.source.synced_at, "never"),
                _time(one.next_at, "by hand"),
            )
            for one in found
        ],
        empty="No website is followed; `ogma kb sources add URL` follows one.",
    )
    for one in found:
        if one.source.error is not None:
            context.output.warning(f"{one.source.name}: {one.source.error}.")
        for url, problem in one.problems:
            if problem != one.source.error:
                context.output.warning(f"{url}: {problem}.")


@app.command()
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(help="A page, a sitemap, or where a crawl starts.")],
    kind: Kind = None,
    prefix: Prefix = None,
    depth: Depth = None,
    max_pages: MaxPages = None,
    schedule: Schedule = None,
    name: Called = None,
    only_type: OnlyType = None,
    only_role: OnlyRole = None,
    json: Json = False,
) -> None:
    """Follow a website. The bot syncs it soon; `ogma kb sync` does it now."""
    from ogma.services.sync import sources
    from ogma.services.sync.sources import Wish

    context: Context = ctx.obj
    types = frozenset(only_type) if only_type else None
    roles = frozenset(only_role) if only_role else None
    wish = Wish(name, kind, url, prefix, depth, max_pages, schedule, types, roles)
    with desk_of(context) as desk:
        added = sources.add(desk.db, desk.settings(), wish, desk.now())
    if json:
        context.output.json(_settings(added))
        return
    context.output.text(f"Added: {added.name} ({_scope(added)}).")
    context.output.note("`ogma kb sync` takes its pages in now; a running bot does so by itself.")


@app.command("set")
def set_(
    ctx: typer.Context,
    source: Name,
    url: Annotated[str | None, typer.Option(help="Another place to start from.")] = None,
    kind: Kind = None,
    prefix: Prefix = None,
    depth: Depth = None,
    max_pages: MaxPages = None,
    schedule: Schedule = None,
    name: Called = None,
    only_type: OnlyType = None,
    all_types: AllTypes = False,
    only_role: OnlyRole = None,
    all_roles: AllRoles = False,
    json: Json = False,
) -> None:
    """Change a source. Pages that it covers no more go at once."""
    from ogma.services.sync import sources
    from ogma.services.sync.sources import Wish

    context: Context = ctx.obj
    types = frozenset(only_type) if only_type else frozenset[str]() if all_types else None
    roles = frozenset(only_role) if only_role else frozenset[int]() if all_roles else None
    wish = Wish(name, kind, url, prefix, depth, max_pages, schedule, types, roles)
    with desk_of(context) as desk:
        changed = sources.change(desk.db, desk.settings(), source, wish)
    if json:
        context.output.json(_settings(changed))
    else:
        context.output.text(f"Changed: {changed.name} ({_scope(changed)}).")


@app.command()
def remove(ctx: typer.Context, names: Names, yes: Yes = False, json: Json = False) -> None:
    """Follow websites no more; their pages leave the knowledge base at once."""
    from ogma.services.sync import sources

    context: Context = ctx.obj
    with desk_of(context) as desk:
        chosen = sources.find(desk.db, names)
        asked = len(chosen) != len(set(names)) and not yes
        if asked and not context.output.confirm(f"Remove {len(chosen)} sources?"):
            raise typer.Exit(1)
        gone = sources.remove(desk.db, chosen)
    if json:
        context.output.json({"removed": [one.name for one in chosen], "documents": gone})
        return
    for one in chosen:
        context.output.text(f"Removed {one.name}.")
    context.output.note(f"{gone} pages left the knowledge base with it.")


def _document(one: Overview) -> dict[str, Any]:
    return {
        **_settings(one.source),
        "health": one.health.value,
        "error": one.source.error,
        "pages": one.pages,
        "problems": [{"document": url, "reason": reason} for url, reason in one.problems],
        "added_at": rfc3339(one.source.added_at),
        "tried_at": rfc3339(one.source.tried_at),
        "synced_at": rfc3339(one.source.synced_at),
        "next_at": rfc3339(one.next_at),
        "retrieved_at": rfc3339(one.retrieved_at),
    }


def _settings(source: Source) -> dict[str, Any]:
    return {
        "id": str(source.id),
        "name": source.name,
        "kind": source.kind.value,
        "url": source.url,
        "prefix": source.prefix,
        "depth": source.depth,
        "max_pages": source.max_pages,
        "schedule": source.schedule,
        "types": sorted(source.types),
        "roles": [str(role) for role in sorted(source.roles)],
    }


def _scope(source: Source) -> str:
    """What it covers and when, in a few words."""
    when = "synced by hand" if source.schedule == BY_HAND else f"synced at {source.schedule!r}"
    match source.kind:
        case SourceKind.PAGE:
            return f"one page, {when}"
        case SourceKind.SITEMAP:
            return f"up to {source.max_pages} pages of a sitemap below {source.prefix}, {when}"
        case SourceKind.CRAWL:
            return (
                f"up to {source.max_pages} pages below {source.prefix},"
                f" {source.depth} links deep, {when}"
            )


def _time(at: Millis | None, never: str) -> str:
    return never if at is None else minute(at)
