"""K2, P43: what a sync does about a page, and when a page is removed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ogma.domain.clock import HOUR
from ogma.domain.sources import Health, Page, Source, SourceKind, health
from ogma.domain.syncing import Act, Seen, by_content, by_status, removed

URL = "https://docs.example/guide"
KNOWN = Page(URL, sha256="bytes", characters=1_000, stored="text")
SEEN = Seen(URL, "Guide", "other text", 900)


@pytest.mark.parametrize(
    ("status", "act"),
    [
        (200, None),
        (304, Act.SAME),
        (404, Act.GONE),
        (410, Act.GONE),
        *((status, Act.KEEP) for status in (204, 400, 401, 403, 429, 451, 500, 502, 503, 999)),
    ],
)
def test_only_404_and_410_mean_gone(status: int, act: Act | None) -> None:
    found = by_status(status)
    assert (found.act if found else None) is act
    if act in (Act.GONE, Act.KEEP):
        assert found is not None and str(status) in (found.problem or "")


@pytest.mark.parametrize(
    ("known", "seen", "act"),
    [
        (KNOWN, SEEN, Act.TAKE),
        (KNOWN, replace(SEEN, text_sha256="text"), Act.SAME),
        (KNOWN, replace(SEEN, characters=200), Act.TAKE),
        (KNOWN, replace(SEEN, characters=199), Act.KEEP),
        (replace(KNOWN, stored=None), replace(SEEN, characters=1), Act.TAKE),
        (KNOWN, replace(SEEN, wants_script=True), Act.KEEP),
        (KNOWN, replace(SEEN, asks_password=True, characters=599), Act.KEEP),
        (KNOWN, replace(SEEN, asks_password=True, characters=601), Act.TAKE),
        (KNOWN, replace(SEEN, url="https://docs.example/users/sign_in?to=x"), Act.KEEP),
        (KNOWN, replace(SEEN, url="https://docs.example/author/guide"), Act.TAKE),
        (Page("https://docs.example/login/"), replace(SEEN, url=URL), Act.TAKE),
        (KNOWN, replace(SEEN, title="404"), Act.KEEP),
        (KNOWN, replace(SEEN, title="Page not found | Docs"), Act.KEEP),
        (KNOWN, replace(SEEN, title="Seite nicht gefunden"), Act.KEEP),
        (KNOWN, replace(SEEN, title="4040 and other codes"), Act.TAKE),
        (KNOWN, replace(SEEN, title="404 and how to fix it", characters=1_000), Act.TAKE),
    ],
)
def test_what_a_page_turned_out_to_be(known: Page, seen: Seen, act: Act) -> None:
    found = by_content(known, seen)
    assert found.act is act
    assert (found.problem is not None) == (act is Act.KEEP)


def test_force_takes_what_has_shrunk_but_no_login_page() -> None:
    assert by_content(KNOWN, replace(SEEN, characters=1), force=True).act is Act.TAKE
    login = replace(SEEN, asks_password=True, characters=1)
    assert by_content(KNOWN, login, force=True).act is Act.KEEP


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abcd"), st.booleans(), min_size=4), min_size=1, max_size=8
    )
)
def test_k2_a_page_is_removed_only_after_it_was_gone_twice_in_a_row(
    syncs: list[dict[str, bool]],
) -> None:
    """Whatever comes and goes: never by one sync alone, never all at once from a dead site."""
    pages = {name: Page(name, stored="x") for name in "abcd"}
    before = dict.fromkeys("abcd", True)
    for there in syncs:
        gone = [name for name in pages if not there[name]]
        reached = any(there[name] for name in pages)
        chosen = removed(list(pages.values()), gone, reached)
        dead = len(pages) > 1 and not reached
        assert (chosen is None) == dead
        if chosen is None:
            continue
        assert all(not there[name] and not before[name] for name in chosen)
        for name in list(pages):
            page = pages[name]
            pages[name] = replace(page, gone=0 if there[name] else page.gone + 1)
            before[name] = there[name]
        for name in chosen:
            del pages[name]


SYNCED = Source(
    1,
    URL,
    SourceKind.PAGE,
    URL,
    URL,
    3,
    200,
    "0 */6 * * *",
    frozenset(),
    frozenset(),
    0,
    tried_at=1,
    synced_at=1,
)


@pytest.mark.parametrize(
    ("source", "flagged", "retrieved", "late", "state"),
    [
        (replace(SYNCED, tried_at=None), False, False, 0, Health.NEVER_SYNCED),
        (replace(SYNCED, error="down"), True, True, 9 * HOUR, Health.FAILED),
        (SYNCED, True, True, HOUR + 1, Health.OVERDUE),
        (SYNCED, True, True, HOUR, Health.STALE),
        (SYNCED, False, False, 0, Health.NEVER_RETRIEVED),
        (SYNCED, False, True, -HOUR, Health.HEALTHY),
    ],
)
def test_k3_the_states_in_their_order(
    source: Source, flagged: bool, retrieved: bool, late: int, state: Health
) -> None:
    now = 10**12
    found = health(source, flagged=flagged, retrieved=retrieved, due=now - late, now=now)
    assert found is state
