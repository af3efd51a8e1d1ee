"""K2, K3, K8: the list of followed websites, its health, and what a change of it does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from ogma.domain.clock import DAY, HOUR
from ogma.domain.limits import Limits
from ogma.domain.sources import BY_HAND, Health, SourceKind, is_media, lies_below, plain_url
from ogma.errors import AlreadyRunning, NotFound, UsageError
from ogma.services.knowledge.shelf import held
from ogma.services.sync import sources, sync_round
from ogma.services.sync.sources import Wish
from ogma.store import records
from ogma.store.limits import limit
from tests.net.loopback import Site, site
from tests.services.websites import Follower, counts, text


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as served:
        yield served


@pytest.fixture
def follower(data_dir: Path, web: Site) -> Follower:
    made = Follower(data_dir, web)
    web.page("/guide", text("manual"))
    return made


def put_forward(follower: Follower, *paths: str) -> None:
    """A customer's question whose candidates are these pages."""
    candidates = [{"document": follower.web.url + path} for path in paths]
    values = {"ticket_id": None, "at": follower.at, "question": "q", "searched": "q"}
    record = json.dumps({"candidates": candidates})
    with follower.db.write():
        records.add_answer(follower.db, {**values, "outcome": "escalate", "record": record})


def test_k3_the_six_states(follower: Follower) -> None:
    """Never synced, Never retrieved, Healthy, Stale, Failed, Overdue, each by what happens."""
    follower.add("/guide", schedule="0 */2 * * *")
    assert follower.overview().health is Health.NEVER_SYNCED
    follower.sync()
    assert follower.overview().health is Health.NEVER_RETRIEVED
    put_forward(follower, "/elsewhere")
    assert follower.overview().health is Health.NEVER_RETRIEVED
    put_forward(follower, "/guide")
    assert follower.overview().health is Health.HEALTHY
    assert follower.overview().retrieved_at == follower.at
    follower.at += 4 * HOUR
    assert follower.overview().health is Health.OVERDUE
    follower.sync()
    assert follower.overview().health is Health.HEALTHY
    follower.web.down = True
    follower.sync()
    assert follower.overview().health is Health.FAILED
    assert "HTTP 503" in (follower.overview().source.error or "")


def test_k3_stale_where_a_part_is_not_what_the_site_shows(follower: Follower) -> None:
    web = follower.web
    web.page("/docs/", "<main><h1>Start</h1><p>Here is <a href=a>a</a></p></main>")
    web.page("/docs/a", text("manual", 80))
    follower.add("/docs/", kind=SourceKind.CRAWL)
    follower.sync()
    web.page("/docs/a", text("short", 3))
    assert follower.sync().error is None
    found = follower.overview()
    assert (found.health, found.pages, len(found.problems)) == (Health.STALE, 2, 1)


def test_a_source_by_hand_is_never_overdue(follower: Follower) -> None:
    follower.add("/guide", schedule="off")
    follower.sync()
    follower.at += 100 * DAY
    assert follower.overview().health is Health.NEVER_RETRIEVED
    assert sync_round.due(follower.db, follower.settings, follower.at) == []


def test_what_is_due_is_found(follower: Follower) -> None:
    added = follower.add("/guide")
    assert sync_round.due(follower.db, follower.settings, follower.at) == [added]
    follower.sync()
    assert sync_round.due(follower.db, follower.settings, follower.at) == []
    follower.at += DAY
    assert len(sync_round.due(follower.db, follower.settings, follower.at)) == 1


def test_the_kind_and_the_prefix_are_guessed(follower: Follower) -> None:
    wishes = {
        "/a/page.html": (SourceKind.PAGE, "/a/page.html"),
        "/sitemap.xml": (SourceKind.SITEMAP, "/"),
        "/sitemap_index.xml.gz": (SourceKind.SITEMAP, "/"),
    }
    for path, (kind, prefix) in wishes.items():
        added = follower.add(path)
        assert (added.kind, added.prefix) == (kind, follower.web.url + prefix)
        assert (added.schedule, added.depth, added.max_pages) == ("0 */6 * * *", 3, 200)
    for path, prefix in {"/docs": "/docs/", "/b/": "/b/", "/c/start.html": "/c/"}.items():
        added = follower.add(path, kind=SourceKind.CRAWL)
        assert added.prefix == follower.web.url + prefix


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(url="ftp://docs.example/"), "only http and https"),
        (Wish(url="https://user:word@docs.example/"), "must not carry credentials"),
        (Wish(url="http://192.168.1.1/"), "name it in network.internal_hosts"),
        (Wish(url="http://169.254.169.254/latest"), "metadata service"),
        (Wish(url="https://docs.example:8443/"), "of ports only 80 and 443 are open"),
        (Wish(url="https://docs.example/", schedule="hourly"), "is not a schedule"),
        (Wish(url="https://docs.example/", depth=-1), "--depth is -1"),
        (Wish(url="https://docs.example/", max_pages=0), "--max-pages is 0; allowed is 1 to 10000"),
        (Wish(url="https://docs.example/", name=" "), "A name needs"),
        (
            Wish(url="https://a.example/", kind=SourceKind.CRAWL, prefix="https://b.example/"),
            "does not lie below its prefix",
        ),
    ],
)
def test_what_cannot_be_followed_is_refused(follower: Follower, wish: Wish, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        sources.add(follower.db, follower.settings, wish, follower.at)
    assert sources.find(follower.db, []) == []


def test_nothing_is_followed_twice(follower: Follower) -> None:
    follower.add("/guide", name="manual")
    with pytest.raises(UsageError, match="followed already, as 'manual'"):
        follower.add("/guide#top")
    with pytest.raises(UsageError, match="a source named 'manual' already"):
        follower.add("/other", name="manual")
    follower.add("/guide", kind=SourceKind.CRAWL)


def test_sources_are_found_by_name_and_url(follower: Follower) -> None:
    added = follower.add("/guide", name="manual")
    for name in ("manual", added.url, f"{added.url}#x"):
        assert sources.find(follower.db, [name, "manual"]) == [added]
    with pytest.raises(NotFound, match="no source named 'nope'"):
        sources.find(follower.db, ["manual", "nope"])


def test_k8_a_source_may_be_limited_to_a_type_also_later(follower: Follower) -> None:
    follower.add("/guide", name="manual", types=frozenset({"billing"}))
    follower.sync()

    def limits() -> list[frozenset[str]]:
        return [document.types for document, _ in follower.knowledge.documents()]

    assert limits() == [{"billing"}]
    wish = Wish(types=frozenset({"general"}))
    sources.change(follower.db, follower.settings, "manual", wish)
    assert limits() == [{"general"}]
    sources.change(follower.db, follower.settings, "manual", Wish(types=frozenset()))
    assert limits() == [frozenset()]
    sources.change(follower.db, follower.settings, "manual", Wish(roles=frozenset({77})))
    assert not follower.knowledge.search("manual7", 1, roles=[78]).hits
    assert follower.knowledge.search("manual7", 1, roles=[77]).hits


def test_k8_what_a_page_was_limited_to_by_itself_stays_when_it_changes(follower: Follower) -> None:
    follower.add("/guide", types=frozenset({"billing"}))
    follower.sync()
    [(document, _)] = follower.knowledge.documents()
    with follower.db.write():
        limit(follower.db, document.id, Limits(types=frozenset({"general"})))
    follower.web.page("/guide", text("manual", 70))
    assert counts(follower.sync()) == (0, 1, 0, 0)
    assert follower.knowledge.documents()[0][0].types == {"general"}


def test_pages_that_a_source_covers_no_more_go_at_once(follower: Follower) -> None:
    web = follower.web
    web.page("/docs/", "<main><h1>S</h1><p>Start <a href=in/a>a</a> <a href=b>b</a></p></main>")
    web.page("/docs/in/a", text("alpha"))
    web.page("/docs/b", text("beta"))
    follower.add("/docs/", kind=SourceKind.CRAWL, name="docs", schedule=BY_HAND)
    follower.sync()
    wish = Wish(url=f"{web.url}/docs/in/a", prefix=f"{web.url}/docs/in/")
    changed = sources.change(follower.db, follower.settings, "docs", wish)
    assert changed.schedule == BY_HAND, "what is not named stays"
    assert follower.documents() == ["/docs/in/a"]
    assert follower.knowledge.search("beta7", 1).hits[0].passage.document.endswith("/in/a")


def test_removing_a_source_removes_what_no_other_has(follower: Follower) -> None:
    follower.web.page("/sitemap.txt", "")
    follower.web.page("/other", text("else"))
    listed = f"{follower.web.url}/guide\n{follower.web.url}/other"
    follower.web.page("/sitemap.txt", listed)
    follower.add("/guide", name="one")
    follower.add("/sitemap.txt", name="all")
    follower.sync("one")
    follower.sync("all")
    assert follower.documents() == ["/guide", "/other"]
    assert sources.remove(follower.db, sources.find(follower.db, ["all"])) == 1
    assert follower.documents() == ["/guide"]
    assert sources.remove(follower.db, sources.find(follower.db, ["one"])) == 1
    assert follower.found("manual1") == []


def test_a_source_that_is_removed_during_its_sync_leaves_nothing(follower: Follower) -> None:
    follower.add("/guide")

    def removed(page: str, done: int, found: int) -> None:
        sources.remove(follower.db, sources.find(follower.db, []))

    report = follower.sync(progress=removed)
    assert report.error == "it was changed or removed while it was synced"
    assert follower.documents() == []


def test_a_pasted_text_of_that_name_stays(follower: Follower) -> None:
    from ogma.services.knowledge.pasted import paste

    name = f"{follower.web.url}/guide"
    paste(follower.knowledge, name, "Pasted words.", follower.at)
    follower.add("/guide")
    assert counts(follower.sync()) == (1, 0, 0, 0)
    assert follower.documents() == ["/guide", "/guide (synced)"]
    assert counts(follower.sync()) == (0, 0, 1, 0)


def test_one_sync_at_a_time_and_none_beside_a_long_ingest(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ogma.services.sync.sync_store.WAIT_S", 0.01)
    follower.add("/guide")
    with held(follower.data), pytest.raises(AlreadyRunning, match="Another ingest"):
        follower.sync()

    with FileLock(follower.data / sync_round.LOCK), pytest.raises(AlreadyRunning, match="sync"):
        follower.sync()


def test_urls_have_one_spelling() -> None:
    spellings = {
        "HTTPS://Docs.Example:443/a b?utm_source=x&q=1#top": "https://docs.example/a%20b?q=1",
        "http://docs.example": "http://docs.example/",
        "http://docs.example./ü?a=ß": "http://docs.example/%C3%BC?a=%C3%9F",
        "http://[2001:db8::1]:80/x": "http://[2001:db8::1]/x",
        "http://docs.example:8080/?a=b+c": "http://docs.example:8080/?a=b+c",
    }
    assert {url: plain_url(url) for url in spellings} == spellings
    for plain in spellings.values():
        assert plain_url(plain) == plain
    assert lies_below("http://a.example/docs", "https://a.example/docs/")
    assert not lies_below("http://a.example/docs2", "http://a.example/docs/")
    assert is_media("http://a.example/x.PNG?y") and not is_media("http://a.example/v1.2/page")
