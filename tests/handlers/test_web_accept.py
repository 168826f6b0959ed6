"""Accepting through the page, over real storage: the link is shown, the button wins once, the badge follows."""

import asyncio
from pathlib import Path

import httpx

from domain.invitation import Badge, token_hash
from flows import invitations
from handlers.web.app import pages
from tests.handlers.live import Live, live

TOKEN = "Zm9vYmFyYmF6LXF1eC0xMjM0NTY3ODkw"


def test_a_link_is_shown_accepted_once_and_dead_after_a_new_one(tmp_path: Path) -> None:
    with live(tmp_path, ()) as bot:
        mia = bot.invited(bot.company("Contoso GmbH", "contoso.com"), "Mia Huber")
        other = bot.invited(bot.company("Acme Inc", "acme.com"), "Old Link")
        for person, token in ((mia, TOKEN), (other, TOKEN[::-1])):
            with bot.context.store.write() as work:
                found = work.invitations.of_person(person.id)
                assert found is not None
                work.invitations.add_token(found.id, found.generation, token_hash(token))
        invitations.reinvite(bot.context, bot.system, other.id)
        shown, joined, again, replaced = asyncio.run(visit(bot))
    assert (shown.status_code, joined.status_code, again.status_code, replaced.status_code) == (200, 200, 200, 410)
    assert "Contoso GmbH" in shown.text
    assert "Tess Tran" in shown.text
    assert "You have joined Contoso GmbH" in joined.text
    assert "accepted already" in again.text
    assert "newer invitation" in replaced.text
    assert invitations.drawn(bot.context, mia.id).badge is Badge.ACCEPTED


async def visit(bot: Live) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app=pages(bot.context, list))
    async with httpx.AsyncClient(transport=transport, base_url="http://gangway.test") as browser:
        first = [await browser.request(method, f"/join/{TOKEN}") for method in ("GET", "POST", "GET")]
        return [*first, await browser.post(f"/join/{TOKEN[::-1]}")]
