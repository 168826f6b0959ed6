"""What came to a company through a mapping, in words: for whoever changes or removes the mapping."""

from collections.abc import Mapping

PEOPLE = "people"
SHOWN_NO_MORE = frozenset({"tickets", "opportunities", "assets"})  # the source has them; the rest is kept here
_ONE = {PEOPLE: "person", "opportunities": "opportunity"}


def listed(came: Mapping[str, int]) -> str:
    """`3 people, 1 password and 2 tickets`; "" for nothing."""
    words = [f"{number:,} {_ONE.get(word, word.removesuffix('s')) if number == 1 else word}" for word, number in came.items()]
    return " and ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), *words[-1:]])


def fates(came: Mapping[str, int], whence: str) -> tuple[str, ...]:
    """A sentence for what stays and one for what goes out of sight. `whence`: the name of the company there."""
    if not came:
        return (f"Nothing had come from {whence}.",)
    kept = {word: number for word, number in came.items() if word not in SHOWN_NO_MORE}
    hidden = {word: number for word, number in came.items() if word in SHOWN_NO_MORE}
    said = [f"{listed(kept)} came from {whence}: {_they(kept, 'stay')} here, with that origin noted."] if kept else []
    said += [f"{listed(hidden)} came from {whence}: {_they(hidden, 'are')} not shown here any more."] if hidden else []
    return tuple(said)


def _they(those: Mapping[str, int], verb: str) -> str:
    one = {"stay": "it stays", "are": "it is"}
    return one[verb] if list(those.values()) == [1] and PEOPLE not in those else f"they {verb}"
