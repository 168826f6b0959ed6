"""Many threads that press at the same moment."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import TypeVar

T = TypeVar("T")


def at_once(many: int, press: Callable[[int], T]) -> list[T]:
    """What each of so many threads got, all of them starting together. The first error of any is raised."""
    gate, got, wrong = Barrier(many), [], []

    def run(number: int) -> None:
        gate.wait(30)
        try:
            got.append(press(number))
        except Exception as error:  # noqa: BLE001 - raised below
            wrong.append(error)

    threads = [Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if wrong:
        raise wrong[0]
    assert len(got) == many
    return got
