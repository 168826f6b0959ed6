"""The little page of a stand-in: what it is, how to sign in, and its fault switches as buttons."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from sandbox.serving.access import page
from sandbox.serving.faults import TAKE_VALUE

if TYPE_CHECKING:
    from starlette.responses import Response

    from sandbox.serving.vendor import Vendor

STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--go:#2456c5}
body{font:15px/1.5 system-ui,sans-serif;max-width:56rem;margin:2.5rem auto;padding:0 1.25rem}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}
p.lead{margin:0 0 1.5rem;opacity:.75}table{border-collapse:collapse;width:100%}
td,th{padding:.45rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td.tail{text-align:right;white-space:nowrap}code{background:var(--soft);padding:.1rem .35rem;
border-radius:4px;word-break:break-all}button{font:inherit;border:1px solid var(--line);border-radius:6px;
background:var(--soft);padding:.2rem .7rem;cursor:pointer}button:hover{border-color:var(--go)}
button.on{background:var(--go);color:#fff}
input{font:inherit;width:4.5rem;padding:.15rem .35rem;border:1px solid var(--line);border-radius:6px;
background:transparent;color:inherit}form{display:inline}a{color:var(--go)}
"""


def shell(title: str, body: str) -> str:
    """A whole page around a body that is already safe HTML."""
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{body}</body></html>"
    )


def status_page(vendor: Vendor, url: str, control: str) -> Response:
    """The status page as it stands now."""
    facts = "".join(
        f"<tr><td>{escape(label)}</td><td><code>{escape(value)}</code></td></tr>"
        for label, value in vendor.facts(url).items()
    )
    active = {fault.kind for fault in vendor.faults.active()}
    switches = "".join(_switch(kind, says, kind in active, control) for kind, says in vendor.faults.kinds.items())
    latest = "".join(
        f"<tr><td>{call.at:%H:%M:%S}</td><td>{escape(call.method)}</td><td>{escape(call.what)}</td>"
        f"<td class='tail'>{call.status or '…'}</td></tr>"
        for call in reversed(vendor.calls.log[-15:])
    )
    body = (
        f"<h1>{escape(vendor.title)}</h1><p class='lead'>A stand-in that answers like the real service, "
        f"over an invented world. Nothing here is a real client, person or password.</p>"
        f"<h2>Sign in with</h2><table>{facts}</table>"
        f"<h2>Make it misbehave</h2><table>{switches}</table>"
        f"<p><form method='post' action='{control}'><button name='clear' value='all'>All well again</button>"
        f"</form></p>{vendor.settings(control)}<h2>Latest calls ({vendor.calls()} in all)</h2><table>{latest}</table>"
    )
    return page(shell(vendor.title, body))


def _switch(kind: str, says: str, is_on: bool, control: str) -> str:
    if is_on:
        tail = f"<button class='on' name='clear' value='{kind}'>on — switch off</button>"
    else:
        value = "<input name='value' placeholder='value' aria-label='value'> "
        tail = (value if kind in TAKE_VALUE else "") + (
            "<input name='times' placeholder='times' aria-label='times'> "
            f"<button name='kind' value='{kind}'>switch on</button>"
        )
    name = kind.replace("_", " ")
    return (
        f"<tr><td><b>{name}</b></td><td>{escape(says)}</td>"
        f"<td class='tail'><form method='post' action='{control}'>{tail}</form></td></tr>"
    )
