"""The tables as peewee models, bound to no database: `Database` runs the queries.

The schema itself (checks, partial indexes, STRICT) stands in `migrations/`.
"""

from __future__ import annotations

from peewee import AutoField, CompositeKey, IntegerField, Model, TextField


class Ticket(Model):
    id = AutoField()
    key = TextField()
    guild_id = IntegerField()
    type_id = TextField()
    customer_id = IntegerField()
    customer_name = TextField()
    slot = IntegerField(null=True)
    state = TextField()
    interaction_id = IntegerField(null=True)
    channel_id = IntegerField(null=True)
    channel_name = TextField(null=True)
    greeting_id = IntegerField(null=True)
    subject = TextField(null=True)
    description = TextField(null=True)
    claimed_by = IntegerField(null=True)
    claimed_by_name = TextField(null=True)
    claimed_at = IntegerField(null=True)
    assigning = TextField(null=True)
    priority = TextField(default="normal")
    escalated_at = IntegerField(null=True)
    locked_at = IntegerField(null=True)
    opened_at = IntegerField()
    last_staff_at = IntegerField(null=True)
    last_customer_at = IntegerField(null=True)
    last_activity_at = IntegerField()
    first_response_at = IntegerField(null=True)
    closing_at = IntegerField(null=True)
    closed_at = IntegerField(null=True)
    close_reason = TextField(null=True)
    close_note = TextField(null=True)
    close_cause = TextField(null=True)
    closed_by = IntegerField(null=True)
    closed_by_name = TextField(null=True)
    csat = TextField(null=True)
    csat_comment = TextField(null=True)
    archive_path = TextField(null=True)
    archive_sha256 = TextField(null=True)
    archived_at = IntegerField(null=True)
    failure = TextField(null=True)
    warned_at = IntegerField(null=True)
    close_request_at = IntegerField(null=True)
    close_request_by = TextField(null=True)
    close_request_reason = TextField(null=True)
    close_request_due = IntegerField(null=True)
    grace_until = IntegerField(null=True)
    follow_up_at = IntegerField(null=True)
    follow_up = TextField(null=True)
    refers_to = IntegerField(null=True)
    nudged_at = IntegerField(null=True)
    away_at = IntegerField(null=True)
    erased_at = IntegerField(null=True)
    revision = IntegerField(default=0)


class Message(Model):
    id = IntegerField(primary_key=True)
    ticket_id = IntegerField()
    origin = TextField()
    author_id = IntegerField()
    author_name = TextField()
    side = TextField()
    content = TextField()
    at = IntegerField()
    received_at = IntegerField()
    edited_at = IntegerField(null=True)
    deleted_at = IntegerField(null=True)
    reply_to = IntegerField(null=True)
    pinned = IntegerField(default=0)
    embeds = TextField(default="[]")
    components = TextField(default="[]")
    files = TextField(default="[]")
    ai = TextField(null=True)
    answer_id = IntegerField(null=True)
    paused = IntegerField(default=0)
    resumed_at = IntegerField(null=True)
    system = IntegerField(default=0)


class MessageVersion(Model):
    id = AutoField()
    message_id = IntegerField()
    until = IntegerField()
    content = TextField()

    class Meta:
        table_name = "message_version"


class Event(Model):
    id = AutoField()
    ticket_id = IntegerField()
    at = IntegerField()
    kind = TextField()
    actor_id = IntegerField(null=True)
    actor = TextField()
    detail = TextField(default="")
    staff_only = IntegerField(default=0)


class Answer(Model):
    id = AutoField()
    ticket_id = IntegerField(null=True)
    at = IntegerField()
    question = TextField()
    searched = TextField()
    outcome = TextField()
    record = TextField()
    message_id = IntegerField(null=True)
    withdrawn = TextField(null=True)
    feedback = TextField(null=True)
    asker_id = IntegerField(null=True)


class Escalation(Model):
    id = AutoField()
    ticket_id = IntegerField()
    at = IntegerField()
    state = TextField()
    reasons = TextField()
    question = TextField(default="")
    passages = TextField(default="[]")
    out_of_scope = IntegerField(default=0)
    changed_at = IntegerField(null=True)
    changed_by = TextField(default="")
    ended_at = IntegerField(null=True)
    message_id = IntegerField(null=True)


class Participant(Model):
    ticket_id = IntegerField()
    user_id = IntegerField()
    name = TextField()
    added_at = IntegerField()
    added_by = TextField()
    removed_at = IntegerField(null=True)

    class Meta:
        primary_key = CompositeKey("ticket_id", "user_id")


class AccessSnapshot(Model):
    ticket_id = IntegerField()
    purpose = TextField()
    overwrites = TextField()
    at = IntegerField()

    class Meta:
        table_name = "access_snapshot"
        primary_key = CompositeKey("ticket_id", "purpose")


class Flag(Model):
    id = AutoField()
    ticket_id = IntegerField()
    at = IntegerField()
    kind = TextField()
    detail = TextField(default="")
    resolved_at = IntegerField(null=True)
    resolved_by = TextField(null=True)


class Tag(Model):
    ticket_id = IntegerField()
    name = TextField()
    at = IntegerField()
    by_name = TextField()

    class Meta:
        primary_key = CompositeKey("ticket_id", "name")


class Teammate(Model):
    user_id = IntegerField(primary_key=True)
    name = TextField()
    roles = TextField()
    seen_at = IntegerField()
    away_at = IntegerField(null=True)


class Turn(Model):
    type_id = TextField()
    user_id = IntegerField()
    number = IntegerField()

    class Meta:
        primary_key = CompositeKey("type_id", "user_id")


class Block(Model):
    user_id = IntegerField(primary_key=True)
    name = TextField()
    reason = TextField()
    by_name = TextField()
    at = IntegerField()
    until = IntegerField(null=True)


class ArchiveLink(Model):
    id = IntegerField(primary_key=True)
    at = IntegerField()
    kind = TextField()
    ticket_id = IntegerField()
    files = TextField()
    head = TextField()

    class Meta:
        table_name = "archive_link"


class IntakeAnswer(Model):
    ticket_id = IntegerField()
    position = IntegerField()
    field_id = TextField()
    label = TextField()
    kind = TextField()
    answer = TextField()
    files = TextField(default="[]")

    class Meta:
        table_name = "intake_answer"
        primary_key = CompositeKey("ticket_id", "position")


class Job(Model):
    id = AutoField()
    kind = TextField()
    key = TextField()
    lane = TextField()
    requires = IntegerField(null=True)
    ticket_id = IntegerField(null=True)
    payload = TextField(default="{}")
    state = TextField(default="todo")
    created_at = IntegerField()
    run_at = IntegerField()
    attempts = IntegerField(default=0)
    lease_until = IntegerField(null=True)
    last_error = TextField(null=True)
    receipt = TextField(null=True)
    done_at = IntegerField(null=True)


class QuestionTaken(Model):
    id = AutoField()
    at = IntegerField()
    user_id = IntegerField()
    ticket_id = IntegerField(null=True)

    class Meta:
        table_name = "question_taken"


class Sla(Model):
    ticket_id = IntegerField(primary_key=True)
    basis = TextField()
    next_at = IntegerField(null=True)
    first_response_due = IntegerField(null=True)
    first_response_warned = IntegerField(null=True)
    first_response_breached = IntegerField(null=True)
    resolution_due = IntegerField(null=True)
    resolution_warned = IntegerField(null=True)
    resolution_breached = IntegerField(null=True)


class RuleFiring(Model):
    id = AutoField()
    ticket_id = IntegerField()
    at = IntegerField()
    rule_id = TextField()
    rule_name = TextField()
    trigger = TextField()
    cause = TextField()
    outcome = TextField()

    class Meta:
        table_name = "rule_firing"


class Alert(Model):
    id = AutoField()
    key = TextField()
    ticket_id = IntegerField(null=True)
    at = IntegerField()
    topic = TextField()
    text = TextField()
    params = TextField(default="{}")
    sent_at = IntegerField(null=True)
