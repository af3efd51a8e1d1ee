"""What is allowed in a config and yet looks unfinished: said as warnings, never refused."""

from __future__ import annotations

from ogma.domain.policies import Settings
from ogma.package_data import example_config
from ogma.settings.listing import document
from ogma.settings.load import parse


def advice(settings: Settings) -> list[str]:
    """One sentence per point."""
    found = []
    left = _placeholders(settings)
    if left:
        found.append(
            f"These settings still have the example's ids: {', '.join(left)};"
            " put your server's ids there."
        )
    for kind in settings.types:
        if kind.enabled and not settings.staff_roles(kind.id):
            found.append(
                f"No role is staff for the type {kind.id}: only administrators would see its"
                " tickets; name one in roles.staff."
            )
    if not settings.roles.management:
        found.append("No management role is set, so only staff roles see tickets.")
    return found


def _placeholders(settings: Settings) -> list[str]:
    example = document(parse(example_config(), "config.example.toml"))
    made_up = {example["discord"]["guild"], *example["channels"].values()}
    made_up |= {*example["roles"]["staff"], *example["roles"]["management"]}
    made_up |= {kind["category"] for kind in example["types"]}
    made_up.discard("")
    mine = document(settings)
    places = {"discord.guild": [mine["discord"]["guild"]]}
    places |= {f"channels.{name}": [channel] for name, channel in mine["channels"].items()}
    places |= {f"roles.{name}": ids for name, ids in mine["roles"].items()}
    places |= {f"types.{kind['id']}.category": [kind["category"]] for kind in mine["types"]}
    return [name for name, ids in places.items() if made_up & set(ids)]
