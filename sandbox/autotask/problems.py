"""The vendor's refusals: nearly all are HTTP 500 with a list of sentences."""

from __future__ import annotations

from sandbox.serving import Reply, json_reply


class Refused(Exception):
    """A request the vendor answers with an error; raised anywhere below the router."""

    def __init__(self, *errors: str, status: int = 500) -> None:
        super().__init__(errors[0] if errors else "")
        self.reply = json_reply({"errors": list(errors)}, status)


def no_permission(verb: str) -> Refused:
    """A missing right, or a module that is switched off: the same 500 for both."""
    if verb == "delete":
        # The vendor's own sentence for deletes names another entity.
        return Refused(
            "The logged in Resource does not have the adequate permissions to delete this entity timeEntryType."
        )
    return Refused(f"The logged in Resource does not have the adequate permissions to {verb} this entity type.")


def wrong_verb(method: str) -> Reply:
    """A route that exists, but not for this verb."""
    return json_reply({"Message": f"The requested resource does not support http method '{method}'."}, 405)


def no_route(path: str) -> Reply:
    """A route that does not exist."""
    return json_reply({"Message": f"No HTTP resource was found that matches the request URI '{path}'."}, 404)


def unauthorised() -> Reply:
    """Every failed sign-in alike: no body, whatever was wrong."""
    return Reply(401, b"", {"WWW-Authenticate": 'Basic Realm="webservices15.autotask.net"'})


def too_many_threads() -> Reply:
    """More than three calls at once for one integration and entity."""
    text = "The Autotask API thread threshold of 3 threads has been exceeded. (Itgenatr005)"
    return json_reply({"errors": [text]}, 429)


def over_threshold(limit: int) -> Reply:
    """The hourly budget of the whole database is used up."""
    text = f"The external request threshold of {limit} requests per 60 minutes has been exceeded."
    return json_reply({"errors": [text]}, 429)
