"""Small faults put into the code on purpose: each must turn the drill red, or a check is blind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """`old` becomes `new` in `file`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutation:
    """With these edits, the drill says one of `told`."""

    invariant: str
    edits: tuple[Edit, ...]
    told: tuple[str, ...]


MUTATIONS = (
    Mutation(
        "lost customer message",
        (
            Edit(
                "ogma/bot/history.py",
                "for missed in await self._app.read(history.to_catch_up):\n            try:",
                "for missed in []:\n            try:",
            ),
        ),
        ("is not stored", "was never decided"),
    ),
    Mutation(
        "message answered twice",
        (
            Edit(
                "ogma/bot/deliver.py",
                "if job.attempts == 1:\n            return None",
                "if job.attempts >= 1:\n            return None",
            ),
        ),
        ("posted 2 times", "answered 2 times", "2 times instead of once"),
    ),
    Mutation(
        "two channels for one slot",
        (
            Edit(
                "ogma/bot/deliver_open.py",
                "if job.attempts > 1:\n            self._bot.strays.expect()\n",
                "if job.attempts > 99:\n            self._bot.strays.expect()\n",
            ),
            Edit("ogma/services/strays.py", "if home != channel}", "if home is None}"),
        ),
        ("belongs to no ticket", "2 times instead of once"),
    ),
    Mutation(
        "channel gone without archive",
        (Edit("ogma/services/archive.py", '    _save(folder / "transcript.json", body)\n', ""),),
        ("without an archive",),
    ),
    Mutation(
        "ticket stuck without a failed job",
        (
            Edit(
                "ogma/store/outbox.py",
                'return db.run(changed.where(table.state == "doing"))',
                'return db.run(changed.where(table.state == "never"))',
            ),
        ),
        ("does not come to rest", "nothing will change it"),
    ),
    Mutation(
        "staff not told",
        (
            Edit(
                "ogma/services/jobs.py",
                "elif patience(job.kind).essential and job.kind is not Kind.STAFF_NOTICE:",
                "elif not patience(job.kind).essential and job.kind is not Kind.STAFF_NOTICE:",
            ),
        ),
        ("staff were not told",),
    ),
    Mutation(
        "escalation lost",
        (
            Edit(
                "ogma/services/escalation.py",
                "outbox.put(desk.db, [notice, build.sync_review(number, item)], now)\n\n",
                "outbox.put(desk.db, [notice], now)\n\n",
            ),
        ),
        ("was never shown to staff",),
    ),
    Mutation(
        "transcript against lockdown",
        (
            Edit(
                "ogma/domain/closing.py",
                "    if not ticket.locked:\n        plan.append",
                "    if ticket.id:\n        plan.append",
            ),
        ),
        ("was locked, and its transcript was posted",),
    ),
    Mutation(
        "tip against lockdown",
        (
            Edit("ogma/domain/closing.py", "if after.tip and not ticket.locked:", "if after.tip:"),
            Edit(
                "ogma/services/learning.py",
                "rules.untaught(desk.settings().learning, ticket.locked, said)",
                "rules.untaught(desk.settings().learning, False, said)",
            ),
        ),
        ("was locked, and taught tip",),
    ),
    Mutation(
        "ping from the bot",
        (
            Edit(
                "ogma/bot/render/message.py",
                "NOBODY: Final = disnake.AllowedMentions.none()",
                "NOBODY: Final = disnake.AllowedMentions.all()",
            ),
            Edit(
                "ogma/bot/render/ticket.py",
                "return Message(embeds=(shown,), rows=rows, files=tuple(files))",
                "return Message(_customer(ticket), (shown,), rows, tuple(files))",
            ),
        ),
        ("notifies",),
    ),
    Mutation(
        "event loop blocked",
        (
            Edit(
                "ogma/bot/conversation.py",
                'roles = getattr(message.author, "roles", ())\n',
                'roles = __import__("time").sleep(1.5) or getattr(message.author, "roles", ())\n',
            ),
        ),
        ("held up the event loop",),
    ),
)
