"""Reads what a page's form sends: only so much of it, and never by way of the disk, for it holds secrets."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from handlers.web.bodies import body


@dataclass(frozen=True)
class Sent:
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def word(self, name: str) -> str:
        """A field's text, with line ends as everywhere but in forms."""
        return self.words.get(name, "").replace("\r\n", "\n")


class _InMemory(MultiPartParser):
    spool_max_size = 64 * 1024 * 1024  # above every limit of ours: a file never spills to disk


async def read(request: Request, most: int) -> Sent:
    """The form's fields and files. Raises HTTPException: 413 for more than `most` bytes, 400 for what is no form."""
    sent = await body(request, most)
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return await _multipart(request, sent, most)
    try:
        return Sent(dict(parse_qsl(sent.decode("ascii"), keep_blank_values=True, max_num_fields=100)))
    except ValueError:
        raise HTTPException(400) from None


async def _multipart(request: Request, sent: bytes, most: int) -> Sent:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield sent

    try:
        form = await _InMemory(request.headers, stream(), max_files=1, max_fields=50, max_part_size=most).parse()
    except (MultiPartException, KeyError, ValueError):
        raise HTTPException(400) from None
    words, files = dict[str, str](), dict[str, bytes]()
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = await value.read()
        else:
            words[name] = value
    await form.close()
    return Sent(words, files)
