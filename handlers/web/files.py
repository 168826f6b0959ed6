"""The two private pages with files: one takes a file of passwords, by a preview; one gives a vault as an encrypted file."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from domain.errors import TellPerson
from flows import vaultfiles
from flows.context import Context
from flows.private import Waiting
from flows.vaultfiles import Exported, Form, Preview, Stored
from handlers.web.enter import EnterPages
from handlers.web.forms import Sent

_SHOWN = 200  # held rows that are named; the rest is counted


@dataclass(frozen=True)
class FilePages:
    preview: Callable[[str, bytes, str], Preview]
    store: Callable[[str, str], Stored]
    export: Callable[[str, Form, str, str], Exported]

    @classmethod
    def of(cls, context: Context) -> "FilePages":
        return cls(
            partial(vaultfiles.preview, context), partial(vaultfiles.store, context), partial(vaultfiles.export, context)
        )

    def draw_file(self, pages: EnterPages, waiting: Waiting) -> Response:
        return pages.drawn("enter_file.html", waiting)

    def take_file(self, pages: EnterPages, token: str, waiting: Waiting, sent: Sent) -> Response:
        """The file first, which is only looked at; then the button below the preview, which stores."""
        if sent.words.get("sealed"):
            stored = self.store(token, sent.words["sealed"])
            said = f"{stored.new:,} new in the vault of {stored.company_name}, {stored.held:,} held."
            return pages.gate.notice("Stored", said, "Delete the file now: it holds passwords in clear.")
        found = self.preview(token, sent.files.get("file", b""), sent.word("password"))
        held, more = found.held[:_SHOWN], len(found.held[_SHOWN:])
        return pages.drawn("file_preview.html", waiting, None, found=found, held=held, more=more)

    def draw_export(self, pages: EnterPages, waiting: Waiting) -> Response:
        return pages.drawn("enter_export.html", waiting)

    def take_export(self, _pages: EnterPages, token: str, _waiting: Waiting, sent: Sent) -> Response:
        try:
            form = Form(sent.word("form"))
        except ValueError:
            raise TellPerson("Choose a format.", field="form") from None
        made = self.export(token, form, sent.word("password"), sent.word("again"))
        headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
        return Response(made.data, media_type="application/octet-stream", headers=headers)
