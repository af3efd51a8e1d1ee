"""K2, K3, P43: following websites, from the first sync to the page that is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ogma.domain.sources import Health, SourceKind
from tests.net.loopback import Answer, Asked, Site, site
from tests.services.websites import Follower, counts, text

GUIDE = (
    "<html><title>Guide</title><nav><a href='/other'>Other</a></nav><main><h1>Guide</h1>"
    "<h2 id=refunds>Refunds</h2><p>A refund takes five working days.</p>"
    "<h2>Shipping</h2><p>Parcels leave every morning.</p></main>"
)


@pytest.fixture
def web() -> Iterator[Site]:
    with site() as served:
        yield served


@pytest.fixture
def follower(data_dir: Path, web: Site) -> Follower:
    return Follower(data_dir, web)


# -- a page ----------------------------------------------------------------------------------------


def test_k2_a_page_is_taken_in_and_a_citation_can_be_followed(follower: Follower) -> None:
    follower.web.page("/guide", GUIDE)
    follower.add("/guide")
    assert counts(follower.sync()) == (1, 0, 0, 0)
    best = follower.knowledge.search("refund working days", 3).hits[0].passage
    assert best.document == f"{follower.web.url}/guide"
    assert best.url == f"{follower.web.url}/guide#refunds"
    assert (best.title, best.heading) == ("Guide", "Refunds")
    other = follower.knowledge.search("parcels morning", 3).hits[0].passage
    assert other.url == f"{follower.web.url}/guide", "that heading cannot be linked to"
    _, passages = follower.knowledge.document(f"{follower.web.url}/guide")
    assert "Other" not in "".join(passage.text for passage in passages)


def test_k2_an_unchanged_page_costs_nothing(follower: Follower) -> None:
    """By validators, by the same bytes, and by the same text in other bytes."""
    served = follower.web

    def guide(asked: Asked) -> Answer:
        fresh = asked.headers.get("if-none-match") != '"1"'
        return Answer.page(GUIDE, etag='"1"') if fresh else Answer(status=304)

    served.routes["/guide"] = guide
    follower.add("/guide")
    follower.sync()
    stamp = follower.knowledge.status().status.stamp
    embedded = list(follower.embedder.embedded)
    assert counts(follower.sync()) == (0, 0, 1, 0)
    assert served.asked[-1].headers["if-none-match"] == '"1"'
    served.page("/guide", GUIDE)
    assert counts(follower.sync()) == (0, 0, 1, 0)
    served.page("/guide", GUIDE + "<!-- 12:30 --><script>nonce=7</script>")
    assert counts(follower.sync()) == (0, 0, 1, 0)
    assert follower.embedder.embedded == embedded
    assert follower.knowledge.status().status.stamp == stamp


def test_a_changed_page_replaces_its_text(follower: Follower) -> None:
    follower.web.page("/guide", GUIDE)
    follower.add("/guide")
    follower.sync()
    follower.web.page("/guide", GUIDE.replace("five working days", "one fortnight"))
    assert counts(follower.sync()) == (0, 1, 0, 0)
    assert follower.found("fortnight") == ["/guide"]
    assert "five" not in follower.knowledge.search("refund", 1).hits[0].passage.text
    assert follower.documents() == ["/guide"]


def test_force_takes_a_page_anew(follower: Follower) -> None:
    follower.web.page("/guide", GUIDE, etag='"1"')
    follower.add("/guide")
    follower.sync()
    follower.sync(force=True)
    assert "if-none-match" not in follower.web.asked[-1].headers


# -- gone, down, broken ----------------------------------------------------------------------------


def test_k2_a_page_gone_twice_in_a_row_is_removed(follower: Follower) -> None:
    """P43: kept and flagged the first time, removed the second, back when it comes back."""
    follower.web.page("/guide", GUIDE)
    follower.add("/guide")
    follower.sync()
    del follower.web.routes["/guide"]
    report = follower.sync()
    assert [one.reason for one in report.flagged] == ["it is gone (HTTP 404)"]
    assert follower.found("refund") == ["/guide"]
    assert follower.overview().health is Health.FAILED
    report = follower.sync()
    assert counts(report) == (0, 0, 0, 1)
    assert follower.found("refund") == []
    follower.web.page("/guide", GUIDE)
    assert counts(follower.sync()) == (1, 0, 0, 0)


def test_twice_means_in_a_row(follower: Follower) -> None:
    follower.web.page("/guide", GUIDE)
    follower.add("/guide")
    follower.sync()
    gone, there = Answer("gone", 410), follower.web.routes["/guide"]
    for route in (gone, there, gone, Answer("busy", 503), gone):
        follower.web.routes["/guide"] = route
        assert follower.sync().removed == 0
    assert follower.sync().removed == 1


@pytest.mark.parametrize("status", [404, 503])
def test_k2_a_whole_site_down_removes_nothing(follower: Follower, status: int) -> None:
    """P43: however often, and also where everything answers 404."""
    names = ["/a", "/b", "/c"]
    for name in names:
        follower.web.page(name, text(f"topic{name[1]}"))
    follower.web.routes["/sitemap.xml"] = sitemap(follower.web, *names)
    follower.add("/sitemap.xml")
    assert counts(follower.sync()) == (3, 0, 0, 0)
    for name in names:
        follower.web.routes[name] = Answer("x", status)
    for _ in range(3):
        report = follower.sync()
        assert report.error is not None
        assert report.removed == 0
    assert follower.documents() == names
    assert follower.overview().health is Health.FAILED
    for name in names:
        follower.web.page(name, text(f"topic{name[1]}"))
    assert counts(follower.sync()) == (0, 0, 3, 0)
    assert follower.overview().problems == ()


def test_a_server_that_is_not_there_removes_nothing(follower: Follower) -> None:
    follower.web.page("/guide", GUIDE)
    follower.add("/guide")
    follower.sync()
    follower.web.down = True
    for _ in range(3):
        assert follower.sync().error is not None
    assert follower.documents() == ["/guide"]


LOGIN = "<html><title>Sign in</title><form>Sign in <input name=u><input type=password></form>"
IN_THE_HEADER = "<header><form><input type=password></form></header>"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (Answer.page(LOGIN), "it asks for a login"),
        (Answer.to("/login?next=/guide"), "it asks for a login"),
        (Answer("who are you", 401), "not open to the public (HTTP 401)"),
        (Answer.page(text("short", 5)), "its text has shrunk by 9"),
        (
            Answer.page("<title>App</title><div id=root></div><script src=app.js></script>"),
            "its text appears only with JavaScript, which Ogma does not run",
        ),
        (Answer(b"\x89PNG\r\n", headers={"content-type": "image/png"}), "not a text but image/png"),
        (Answer("slow down", 429), "fewer requests"),
        (
            Answer.page("<title>404 - Page not found</title><main>Sorry, try our search.</main>"),
            "it says '404 - Page not found' instead of HTTP 404",
        ),
        (Answer.to("http://169.254.169.254/latest/meta-data"), "metadata service"),
    ],
)
def test_p43_what_looks_wrong_is_kept_and_flagged(
    follower: Follower, changed: Answer, reason: str
) -> None:
    """However often; and what comes back is healthy again."""
    follower.web.page("/guide", text("manual", 80))
    follower.web.page("/login?next=/guide", LOGIN)
    follower.add("/guide")
    follower.sync()
    follower.web.routes["/guide"] = changed
    for _ in range(3):
        report = follower.sync()
        assert counts(report) == (0, 0, 0, 0)
        assert reason in report.flagged[0].reason
    assert follower.found("manual7") == ["/guide"]
    assert reason in follower.overview().problems[0][1]
    follower.web.page("/guide", text("manual", 80))
    assert counts(follower.sync()) == (0, 0, 1, 0)
    assert follower.overview().problems == ()


def test_a_small_form_on_every_page_is_no_login_page(follower: Follower) -> None:
    follower.web.page("/guide", IN_THE_HEADER + text("manual", 5))
    follower.add("/guide")
    assert counts(follower.sync()) == (1, 0, 0, 0)


def test_a_page_that_shrank_for_good_is_taken_with_force(follower: Follower) -> None:
    follower.web.page("/guide", text("manual", 80))
    follower.add("/guide")
    follower.sync()
    follower.web.page("/guide", text("short", 5))
    assert "--force" in follower.sync().flagged[0].reason
    assert counts(follower.sync(force=True)) == (0, 1, 0, 0)
    assert follower.found("short3") == ["/guide"]


def test_a_new_page_that_is_of_no_use_is_listed_with_its_reason(follower: Follower) -> None:
    follower.web.page("/app", "<title>App</title><div id=root></div><script src=a.js></script>")
    follower.add("/app")
    report = follower.sync()
    assert "JavaScript" in report.failed[0].reason
    assert report.error == report.failed[0].reason
    assert (follower.documents(), follower.overview().health) == ([], Health.FAILED)


# -- sitemaps --------------------------------------------------------------------------------------


def sitemap(web: Site, *paths: str) -> Answer:
    listed = "".join(f"<url><loc>{web.url}{path}</loc></url>" for path in paths)
    return Answer(f"<urlset>{listed}</urlset>", headers={"content-type": "application/xml"})


def index(web: Site, *paths: str) -> Answer:
    listed = "".join(f"<sitemap><loc>{web.url}{path}</loc></sitemap>" for path in paths)
    return Answer(f"<sitemapindex>{listed}</sitemapindex>")


def test_k2_a_sitemap_brings_its_pages(follower: Follower) -> None:
    """Through an index, each page once, none of another site, and what it lists no more goes."""
    web = follower.web
    web.routes["/sitemap.xml"] = index(web, "/one.xml", "/two.xml", "/sitemap.xml")
    web.routes["/one.xml"] = sitemap(web, "/a", "/b", "/a#x")
    web.routes["/two.xml"] = Answer(f"{web.url}/c\nhttp://192.0.2.7/elsewhere\n")
    for name in "abc":
        web.page(f"/{name}", text(f"topic{name}"))
    source = follower.add("/sitemap.xml")
    assert source.kind is SourceKind.SITEMAP
    assert counts(follower.sync()) == (3, 0, 0, 0)
    web.routes["/two.xml"] = Answer(f"{web.url}/b\n")
    report = follower.sync()
    assert [one.reason for one in report.flagged] == ["the sitemap lists it no more"]
    assert follower.sync().removed == 1
    assert follower.documents() == ["/a", "/b"]


@pytest.mark.parametrize(
    "broken",
    [Answer("x", 404), Answer("<html>"), Answer("<urlset></urlset>"), Answer("x", 500)],
)
def test_a_broken_sitemap_removes_nothing(follower: Follower, broken: Answer) -> None:
    web = follower.web
    web.page("/a", text("topic"))
    web.routes["/sitemap.xml"] = sitemap(web, "/a")
    follower.add("/sitemap.xml")
    follower.sync()
    web.routes["/sitemap.xml"] = broken
    for _ in range(3):
        assert "sitemap" in (follower.sync().error or "")
    assert follower.documents() == ["/a"]


# -- crawls ----------------------------------------------------------------------------------------


def linked(topic: str, *links: str) -> str:
    anchors = " ".join(f"<a href='{link}'>{link}</a>" for link in links)
    return f"<html><title>{topic}</title><main><h1>{topic}</h1><p>{topic} {anchors}</p></main>"


def a_small_site(web: Site) -> None:
    web.page("/docs/", linked("start", "a", "b?utm_source=x", "/blog", "pic.png", "#top"))
    web.page("/docs/a", linked("alpha", "c", "./", "missing", "http://192.0.2.1/docs/"))
    web.page("/docs/b", linked("beta", "/docs/a#part"))
    web.page("/docs/c", linked("gamma", "d"))
    web.page("/docs/d", linked("delta"))
    web.page("/blog", linked("blog"))


def test_k2_a_crawl_stays_below_its_prefix_and_within_its_depth(follower: Follower) -> None:
    """Each page once, dead links and pictures in silence."""
    a_small_site(follower.web)
    follower.add("/docs/", kind=SourceKind.CRAWL, depth=2)
    report = follower.sync()
    assert counts(report) == (4, 0, 0, 0)
    assert report.well
    assert follower.asked() == ["/docs/", "/docs/a", "/docs/b", "/docs/c", "/docs/missing"]
    assert follower.documents() == ["/docs/", "/docs/a", "/docs/b", "/docs/c"]


def test_k2_a_crawl_stops_at_its_most_pages(follower: Follower) -> None:
    a_small_site(follower.web)
    follower.add("/docs/", kind=SourceKind.CRAWL, max_pages=2)
    assert counts(follower.sync()) == (2, 0, 0, 0)
    assert follower.asked() == ["/docs/", "/docs/a"]


def test_a_crawl_goes_on_through_pages_that_have_not_changed(follower: Follower) -> None:
    """The links of a page are remembered where only its 304 comes."""
    a_small_site(follower.web)
    follower.add("/docs", kind=SourceKind.CRAWL, prefix=f"{follower.web.url}/docs/")
    follower.web.routes["/docs"] = Answer.to("/docs/")
    follower.sync()
    for route in list(follower.web.routes):
        if route.startswith("/docs/"):
            follower.web.routes[route] = Answer(status=304)
    follower.web.page("/docs/d", linked("delta", "e"))
    follower.web.page("/docs/e", linked("epsilon"))
    report = follower.sync()
    assert report.failed == []
    assert "/docs/d" in follower.asked()


def test_a_page_that_nothing_links_to_any_more_stays_while_it_is_there(follower: Follower) -> None:
    a_small_site(follower.web)
    follower.add("/docs/", kind=SourceKind.CRAWL)
    follower.sync()
    follower.web.page("/docs/a", linked("alpha", *["./"] * 20))
    assert follower.sync().well
    assert "/docs/c" in follower.documents()
    del follower.web.routes["/docs/c"]
    follower.sync()
    assert follower.sync().removed == 1


def test_the_same_page_under_two_addresses_comes_once(follower: Follower) -> None:
    """By a redirect, or by its text."""
    web = follower.web
    web.page("/docs/", linked("start", "index.html", "old", "new"))
    web.page("/docs/index.html", linked("start", "index.html", "old", "new"))
    web.routes["/docs/old"] = Answer.to("/docs/new")
    web.page("/docs/new", linked("fresh"))
    follower.add("/docs/", kind=SourceKind.CRAWL)
    assert follower.sync().well
    assert follower.documents() == ["/docs/", "/docs/new"]
    assert counts(follower.sync()) == (0, 0, 2, 0)


MAINTENANCE = "<main><p>" + "We are back soon, this takes an hour or two. " * 5 + "</p></main>"


@pytest.mark.parametrize(
    "anywhere", [Answer.page(MAINTENANCE), Answer.to("/docs/"), Answer.to("/docs/sorry")]
)
def test_k2_one_answer_for_every_page_removes_nothing(follower: Follower, anywhere: Answer) -> None:
    """P43: a site that says the same everywhere, or sends everybody to one page, is broken."""
    web = follower.web
    web.page("/docs/", linked("start", "a", "b", "c"))
    for name in "abc":
        web.page(f"/docs/{name}", text(name, 20))
    follower.add("/docs/", kind=SourceKind.CRAWL)
    follower.sync()
    web.page("/docs/sorry", MAINTENANCE)
    for name in "abc":
        web.routes[f"/docs/{name}"] = anywhere
    for _ in range(4):
        report = follower.sync()
        assert report.removed == 0
        assert {one.document[-1] for one in report.flagged} == set("abc")
    for name in "abc":
        assert follower.found(f"{name}7 {name}8")[0] == f"/docs/{name}"


def test_a_page_that_moved_is_followed(follower: Follower) -> None:
    web = follower.web
    web.page("/docs/", linked("start", "old"))
    web.page("/docs/old", text("manual", 20))
    follower.add("/docs/", kind=SourceKind.CRAWL)
    follower.sync()
    web.routes["/docs/old"] = Answer.to("/docs/new", 301)
    web.page("/docs/new", text("manual", 20).replace("manual1 ", "manual one "))
    assert counts(follower.sync())[0] == 1
    assert follower.sync().removed == 1
    assert follower.documents() == ["/docs/", "/docs/new"]


def test_a_page_removed_by_hand_stays_away(follower: Follower) -> None:
    """Until somebody forces a sync; what it links to is still found."""
    a_small_site(follower.web)
    follower.add("/docs/", kind=SourceKind.CRAWL)
    follower.sync()
    follower.knowledge.remove([f"{follower.web.url}/docs/a"])
    assert follower.sync().well
    assert "/docs/a" not in follower.documents()
    assert "/docs/c" in follower.documents()
    assert follower.sync(force=True).added == 1
    assert "/docs/a" in follower.documents()


def test_k2_robots_txt_closes_pages_of_a_crawl(follower: Follower) -> None:
    a_small_site(follower.web)
    follower.web.routes["/robots.txt"] = Answer("User-agent: *\nDisallow: /docs/a")
    follower.add("/docs/", kind=SourceKind.CRAWL)
    report = follower.sync()
    assert report.well
    assert follower.documents() == ["/docs/", "/docs/b"]
    follower.web.routes["/robots.txt"] = Answer("User-agent: *\nDisallow: /")
    report = follower.sync()
    assert "robots.txt" in (report.error or "")
    assert follower.documents() == ["/docs/", "/docs/b"]


def test_a_site_that_fails_again_and_again_is_left_alone(follower: Follower) -> None:
    web = follower.web
    paths = [f"/p{number}" for number in range(20)]
    web.routes["/sitemap.xml"] = sitemap(web, *paths)
    for path in paths:
        web.routes[path] = Answer("busy", 503)
    follower.add("/sitemap.xml")
    report = follower.sync()
    assert (report.error or "").startswith("5 pages in a row could not be fetched")
    assert len(follower.asked()) == 6
