"""The page that Ogma started from, row by row, and the tests over the wire that tell each row.

`python -m tests.e2e.seed_page` prints the table of the README.
"""

from __future__ import annotations

from dataclasses import dataclass

HEADING = "| row of the first page | promises | test over the wire |"


@dataclass(frozen=True)
class Row:
    """What the page says in a few words, the promises that keep it, and `file::test` each."""

    says: str
    promises: str
    tests: str


ROWS = (
    Row("Users go to the ticket start channel", "O1", "scenario::whole_life"),
    Row(
        "A button for a type, a dropdown with more than four",
        "O1",
        "overflow::o1_the_panel_is_edited_in_place_and_never_doubled "
        "by_hand::a_panel_for_many_types_is_a_dropdown",
    ),
    Row(
        "Subject and description first, where intake is enabled",
        "O4",
        "scenario::greeting intake::o4_own_fields_from_form_to_transcript",
    ),
    Row("A private channel for the user and staff roles", "O5", "scenario::who_sees_a_ticket"),
    Row(
        "One open ticket per type; the limit raised or removed; types for certain roles",
        "O2 O3 O7",
        "opening::the_limit_is_a_sentence_with_a_link opening::fifty_clicks_are_one_ticket "
        "seed_page::types_names_limits_and_an_owner_without_a_cooldown",
    ),
    Row(
        "A category for each type; ticket-1, ticket-2, ...",
        "O5",
        "scenario::who_sees_a_ticket seed_page::types_names_limits_and_an_owner_without_a_cooldown",
    ),
    Row("Business hours: an away message", "H2", "hours::h2_away_message_and_a_paused_ai"),
    Row(
        "AI paused outside hours, tickets still possible",
        "H2",
        "hours::h2_away_message_and_a_paused_ai "
        "hours::o3_no_ticket_outside_hours_where_the_owner_wants_none",
    ),
    Row(
        "Expected response and next opening in the away message",
        "H2",
        "hours::h2_away_message_and_a_paused_ai",
    ),
    Row(
        "A ticket opened outside hours is an ordinary ticket",
        "H2",
        "hours::h2_by_night_the_ai_answers_and_a_hand_over_says_when",
    ),
    Row(
        "Searches files, pasted text, synced URLs and tips",
        "A1 K2 K5 L1",
        "scenario::whole_life seed_page::types_names_limits_and_an_owner_without_a_cooldown "
        "websites::a_website_is_followed_while_the_bot_runs "
        "tips::learned_found_removed_and_put_back",
    ),
    Row("Replies if the answer is relevant enough", "A1 A4", "answers::a_model_answers"),
    Row(
        "Escalates if it cannot answer",
        "A1 E1",
        "scenario::whole_life scenario::one_review_item_grows",
    ),
    Row(
        "Silent after a staff message: 30 minutes, or 0",
        "A2 A3",
        "scenario::silence_after_a_staff_message answers::no_answer_after "
        "seed_page::types_names_limits_and_an_owner_without_a_cooldown",
    ),
    Row("Escalates on Request human", "E1 E2", "scenario::one_review_item_grows"),
    Row(
        "Rules escalate on keyword, CSAT or SLA",
        "E1 Q5 Q6",
        "seed_page::assigned_queued_nudged_and_ruled automation::each_cause_once_whatever_dies",
    ),
    Row("Escalates when nothing good is found", "E1", "scenario::whole_life"),
    Row(
        "Same channel; staff reply there and are not interrupted",
        "E2 A2",
        "scenario::silence_after_a_staff_message scenario::whole_life",
    ),
    Row("#staff-review is the escalation feed", "E2", "scenario::one_review_item_grows"),
    Row(
        "Quality flags list what needs review",
        "E3",
        "seed_page::assigned_queued_nudged_and_ruled",
    ),
    Row(
        "Assigned in turn or by load, where that is enabled",
        "Q1",
        "seed_page::assigned_queued_nudged_and_ruled",
    ),
    Row(
        "Claimed by hand: /claim, the button, the shell",
        "Q1",
        "scenario::claims_and_the_buttons_of_an_item matrix::the_matrix",
    ),
    Row(
        "The queue: unclaimed, yours, escalated, awaiting staff, awaiting customer",
        "Q2",
        "seed_page::assigned_queued_nudged_and_ruled",
    ),
    Row(
        "/lockdown until /unlock; closed lockdown tickets are management's",
        "Q4",
        "matrix::the_matrix seed_page::locked_closed_and_asked_later",
    ),
    Row(
        "Inactivity: warning before, longer when escalated, customer mode, archived and deleted",
        "C5",
        "seed_page::quiet_tickets_are_warned_and_closed",
    ),
    Row(
        "/close for Manage Channels alone; six reasons; a note of 500",
        "C1",
        "scenario::close_is_for_those_who_manage_channels matrix::the_matrix",
    ),
    Row("Deleted after archiving", "C2", "scenario::what_a_close_leaves_in_which_order"),
    Row("CSAT by DM: helpful, not helpful, skip", "C3", "scenario::rating"),
    Row(
        "Transcript in #ticket-transcripts, not in lockdown",
        "C2 Q4",
        "scenario::whole_life seed_page::locked_closed_and_asked_later",
    ),
    Row(
        "A tip is learned where staff took part, and posted in #learned-tips",
        "L1",
        "tips::learned_found_removed_and_put_back "
        "tips::lockdown_and_silence_of_staff_teach_nothing",
    ),
    Row(
        "Follow-up by DM, not after inactivity and lockdown",
        "C4",
        "seed_page::locked_closed_and_asked_later seed_page::quiet_tickets_are_warned_and_closed",
    ),
    Row(
        "Transcripts and retention without Discord",
        "Q2 D1",
        "matrix::the_matrix seed_page::quiet_tickets_are_warned_and_closed",
    ),
    Row(
        "Staff remove unwanted tips in Discord or elsewhere",
        "L1",
        "tips::learned_found_removed_and_put_back "
        "tips::removal_in_the_shell_edits_the_post_and_the_same_is_not_learned_again",
    ),
    Row(
        "Lockdown closes teach nothing and post no transcript",
        "Q4 C2",
        "tips::lockdown_and_silence_of_staff_teach_nothing "
        "seed_page::locked_closed_and_asked_later",
    ),
    Row(
        "A nudge in the channel when an open ticket goes stale",
        "Q7",
        "seed_page::assigned_queued_nudged_and_ruled",
    ),
    Row(
        "A bad rating makes a flag and may run rules; nothing is reopened",
        "C3 E3 Q6",
        "seed_page::locked_closed_and_asked_later seed_page::assigned_queued_nudged_and_ruled",
    ),
)


def paths(row: Row) -> list[tuple[str, str]]:
    """(file below tests/e2e, function) of each test of a row."""
    found = (one.partition("::") for one in row.tests.split())
    return [(f"test_{file}.py", f"test_{test}") for file, _, test in found]


def table() -> str:
    """The rows as Markdown."""
    lines = [HEADING, "|---|---|---|"]
    for row in ROWS:
        tests = "<br>".join(f"`{file}::{test}`" for file, test in paths(row))
        lines.append(f"| {row.says} | {row.promises} | {tests} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
