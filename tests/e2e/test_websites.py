"""K2, K5: the running bot follows websites by itself, and nothing waits for it meanwhile."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler

from ogma.net.visit import DEADLINE_S
from tests.drill import loop_watch
from tests.e2e.conftest import BuildTown
from tests.e2e.town import embeds_text
from tests.net.loopback import site

PARCELS = (
    "<html><title>Parcels</title><main><h1>Parcels</h1><h2 id=when>When does a parcel leave?</h2>"
    "<p>Each parcel leaves the warehouse at 07:45 on working days.</p>{more}</main></html>"
)
QUESTION = "When does a parcel leave the warehouse?"


def test_a_website_is_followed_while_the_bot_runs(build_town: BuildTown) -> None:
    """Added beside the bot: synced soon, answered from with a link, synced again on schedule.

    A large page holds up no callback, and a page that never ends no stop.
    """
    with site() as web:
        pages = "".join(f"<p>Shelf {number} holds boxes.</p>" for number in range(5_000))
        web.page("/robots.txt", "")
        web.page("/docs/", PARCELS.format(more="<a href=shelves>shelves</a>"))
        web.page("/docs/shelves", f"<main><h1>Shelves</h1>{pages}</main>")
        town = build_town(network={"internal_hosts": [web.host]})
        town.environment[loop_watch.VARIABLE] = "1"
        town.run_bot()
        added = town.ogma("kb", "sources", "add", f"{web.url}/docs/", "--kind", "crawl")
        assert added.returncode == 0, added.stderr
        town.wait_until(lambda: town.count("FROM source WHERE synced_at > 0"), "it is synced")
        assert town.count("FROM document WHERE kind = 'url'") == 2

        channel = town.open_ticket("alice", "quick")
        town.say("alice", channel, QUESTION)
        [answer] = town.until_answered(channel)
        shown = answer["content"] + embeds_text(answer)
        assert "07:45" in shown
        assert f"{web.url}/docs/#when" in shown
        assert town.count("FROM source_page WHERE retrieved_at > 0")

        release, given_up = threading.Event(), threading.Event()

        def endless(wire: BaseHTTPRequestHandler) -> None:
            wire.send_response(200)
            wire.end_headers()
            if not release.wait(DEADLINE_S):
                given_up.set()

        web.asked.clear()
        web.streams["/docs/"] = endless
        town.control.clock(6 * 3600)
        town.wait_until(lambda: "/docs/" in [one.path for one in web.asked], "it is synced again")
        assert town.stop_bot() == 0
        assert not given_up.is_set(), "the stop did not wait for the page's deadline"
        release.set()
    assert loop_watch.MARK not in town.bot.output()
    assert loop_watch.WRITES not in town.bot.output()
