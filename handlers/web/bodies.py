"""Reads what was sent to us: only so much of it, whoever sends."""

from starlette.exceptions import HTTPException
from starlette.requests import Request


async def body(request: Request, most: int) -> bytes:
    """The body as it came, byte for byte. Raises HTTPException 413 for more than `most` bytes, said or sent."""
    size = request.headers.get("content-length", "0")
    if not size.isdecimal() or int(size) > most:
        raise HTTPException(413)
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > most:
            raise HTTPException(413)
    return bytes(read)
