"""IT Glue's refusals: an `errors` array whose status is a number and whose detail is optional."""

from __future__ import annotations

from sandbox.serving import Reply, json_reply

MEDIA_TYPE = "application/vnd.api+json"


class Refused(Exception):
    """A request the vendor answers with an error; raised anywhere below the router."""

    def __init__(self, status: int, title: str, *, detail: str = "", pointer: str = "") -> None:
        super().__init__(title)
        self.reply = refusal(status, title, detail=detail, pointer=pointer)


def refusal(status: int, title: str, *, detail: str = "", pointer: str = "") -> Reply:
    """One error as a reply."""
    error: dict[str, object] = {"status": status, "title": title}
    if detail:
        error["detail"] = detail
    if pointer:
        error["source"] = {"pointer": pointer}
    return json_reply({"errors": [error]}, status, media_type=MEDIA_TYPE)


def required(attribute: str) -> Refused:
    """The snake-case, slashless style in which a missing attribute is reported."""
    name = attribute.replace("-", "_")
    return Refused(422, f"Valid {name} is required", pointer=f"data/attributes/{name}")


def must_exist(attribute: str) -> Refused:
    """The dash-case, slashed style in which a reference to nothing is reported."""
    return Refused(422, "Unprocessable Entity", detail="must exist", pointer=f"/data/attributes/{attribute}")


def not_found() -> Refused:
    """No such route or record."""
    return Refused(404, "Not Found", detail="The requested resource could not be found.")
