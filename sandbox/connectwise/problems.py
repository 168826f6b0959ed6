"""ConnectWise's refusals: an object with a code, a message and, about a record, a list of errors."""

from __future__ import annotations

from sandbox.serving import Reply, json_reply

NO_PERMISSION = "You do not have security permission to perform this action."


class Refused(Exception):
    """A request the vendor answers with an error; raised anywhere below the router."""

    def __init__(self, status: int, code: str, message: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(message)
        self.reply = refusal(status, code, message, errors)


def refusal(status: int, code: str, message: str, errors: list[dict[str, str]] | None = None) -> Reply:
    """One error as a reply."""
    return json_reply({"code": code, "message": message, "errors": errors}, status)


def no_permission() -> Refused:
    """The role lacks the right; the answer never says which."""
    return Refused(403, "Security", NO_PERMISSION)


def bad_condition(why: str) -> Refused:
    """A condition that cannot be read."""
    said = f"{why} Strings must be in quotes, dates in square brackets, numbers and booleans bare."
    return Refused(400, "InvalidConditions", said)


def invalid(resource: str, *errors: dict[str, str]) -> Refused:
    """A record that cannot be kept as it was sent."""
    return Refused(400, "InvalidObject", f"{resource} object is invalid", list(errors))


def error(code: str, message: str, resource: str, field: str) -> dict[str, str]:
    """One line of what is wrong with a record."""
    return {"code": code, "message": message, "resource": resource, "field": field}


def not_found(what: str = "The resource") -> Refused:
    """No such route or record."""
    return Refused(404, "NotFound", f"{what} was not found")
