"""The sealed end of the journal: how many lines there are and the hash of the last, under a key that the database has not.

The chain alone shows what was changed in its middle; whoever can write to the database could cut lines off its end, or
write the whole chain anew. Neither can be made to fit what is sealed here. Nothing ever mends it: an end that is missing
while lines are there stays missing, so that it is found.
"""

import base64
import json
from dataclasses import dataclass

from sqlmodel import Session

from domain.errors import Stop
from storage.datakeys import DataKeys
from storage.tables import SettingRow
from storage.vault import Vault

OWNER = "journal"  # of the data key
_SETTING = "journal end"


@dataclass(frozen=True)
class End:
    count: int
    hash: str


class JournalEnd:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session = session
        self._vault = vault
        self._keys = DataKeys(session, vault)

    def follow(self, hash_: str, is_first: bool) -> None:
        """A line was added. The caller holds the journal's lock."""
        try:
            before = End(0, "") if is_first else self.read()
            if before is not None:
                self._put(End(before.count + 1, hash_))
        except Stop:
            return  # without its key the end stays behind, which the next look at it says; the work itself goes on

    def read(self) -> End | None:
        """None where there is none. Raises Stop where it cannot be opened: it was changed, or the master key is not here."""
        row = self._session.get(SettingRow, _SETTING, populate_existing=True)
        if row is None:
            return None
        wrapped, master = self._keys.of(OWNER)
        try:
            kept = json.loads(self._vault.open(wrapped, master, OWNER, _SETTING, base64.b64decode(str(row.value))))
        except ValueError:  # no base64
            raise Stop("The journal's sealed end is not one.") from None
        return End(int(kept["count"]), str(kept["hash"]))

    def _put(self, end: End) -> None:
        wrapped, master = self._keys.of(OWNER)
        plain = json.dumps({"count": end.count, "hash": end.hash}).encode()
        sealed = base64.b64encode(self._vault.seal(wrapped, master, OWNER, _SETTING, plain)).decode()
        self._session.merge(SettingRow(key=_SETTING, value=sealed))
        self._session.flush()
