"""Plans, their items, and the one-way doors between their states."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, case, cast, delete, func, or_, select, text, update
from sqlmodel import Session, col

from domain.plan import OPEN_STATES, Action, Counts, Plan, PlanItem, PlanState, Verdict
from domain.ports import Kind
from storage.bulk import among, core, insert_or_skip, written
from storage.tables import PlanItemRow, PlanRow

_LOCK = 0x73746172  # "star": the advisory lock that orders starts on PostgreSQL
_TOGETHER = {Kind.STAFF: (Kind.STAFF, Kind.USERS), Kind.USERS: (Kind.STAFF, Kind.USERS)}  # people, both of them


class Plans:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, plan: Plan) -> None:
        self._session.add(PlanRow(**_values(plan)))
        self._session.flush()

    def add_once(self, plan: Plan) -> None:
        """Add a plan whose id says what it is for: where it is there already nothing happens, however many add it at once."""
        insert_or_skip(self._session, PlanRow, [_values(plan)])

    def add_undo(self, plan: Plan) -> bool:
        """Add an undo of a run; False where one of it waits, runs or is done: of any number at once exactly one gets True."""
        insert_or_skip(self._session, PlanRow, [_values(plan)])
        return self.get(plan.id) is not None

    def get(self, plan_id: str) -> Plan | None:
        row = self._session.get(PlanRow, plan_id, populate_existing=True)
        return None if row is None else _said(row)

    def move(self, plan_id: str, before: PlanState, after: PlanState, **values: Any) -> bool:
        """Go through a door between two states: True once and False ever after, whoever asks how often."""
        return bool(
            written(
                self._session,
                update(PlanRow)
                .where(col(PlanRow.id) == plan_id, col(PlanRow.state) == before)
                .values(state=after, **values),
            )
        )

    def note(self, plan_id: str, **values: Any) -> None:
        self._session.execute(update(PlanRow).where(col(PlanRow.id) == plan_id).values(**values))

    def void_open(self, note: str, at: datetime, *where: ColumnElement[bool]) -> tuple[str, ...]:
        """Void the open plans that fit; returns their ids."""
        ids = tuple(self._session.scalars(select(col(PlanRow.id)).where(col(PlanRow.state).in_(OPEN_STATES), *where)))
        if ids:
            self._session.execute(
                update(PlanRow).where(col(PlanRow.id).in_(ids)).values(state=PlanState.VOID, note=note, finished_at=at)
            )
        return ids

    def void_of_link(self, link_id: str, note: str, at: datetime) -> tuple[str, ...]:
        return self.void_open(note, at, col(PlanRow.link_id) == link_id)

    def void_of_connection(self, connection_id: str, note: str, at: datetime) -> tuple[str, ...]:
        return self.void_open(note, at, col(PlanRow.connection_id) == connection_id)

    def open_of_link(self, link_id: str) -> int:
        return (
            self._session.scalar(
                select(func.count())
                .select_from(PlanRow)
                .where(col(PlanRow.link_id) == link_id, col(PlanRow.state).in_(OPEN_STATES))
            )
            or 0
        )

    def in_state(self, *states: PlanState, company_id: str | None = None, limit: int = 50) -> tuple[Plan, ...]:
        where: list[ColumnElement[bool]] = [col(PlanRow.state).in_(states)]
        if company_id is not None:
            where.append(col(PlanRow.company_id) == company_id)
        rows = self._session.scalars(
            select(PlanRow).where(*where).order_by(col(PlanRow.requested_at).desc()).limit(limit)
        )
        return tuple(_said(row) for row in rows)

    def newest(self, company_id: str | None, limit: int) -> tuple[Plan, ...]:
        where = [] if company_id is None else [col(PlanRow.company_id) == company_id]
        rows = self._session.scalars(
            select(PlanRow).where(*where).order_by(col(PlanRow.requested_at).desc()).limit(limit)
        )
        return tuple(_said(row) for row in rows)

    def newest_read(self, kind: Kind, company_id: str) -> str | None:
        """The id of the newest plan of a kind for a company whose source was read."""
        where = (
            col(PlanRow.kind) == kind,
            col(PlanRow.company_id) == company_id,
            col(PlanRow.read_rows) > 0,
            col(PlanRow.undo_of) == "",
        )
        newest = select(col(PlanRow.id)).where(*where).order_by(col(PlanRow.requested_at).desc()).limit(1)
        return self._session.scalar(newest)

    def undos(self, plan_ids: Sequence[str]) -> dict[str, Plan]:
        """Plan id → the undo of it that waits, runs or is done."""
        standing = (PlanState.PROPOSED, PlanState.APPROVED, PlanState.RUNNING, PlanState.DONE)
        where = (col(PlanRow.undo_of).in_(plan_ids), col(PlanRow.state).in_(standing))
        return {row.undo_of: _said(row) for row in self._session.scalars(select(PlanRow).where(*where))}

    def runs_beside(self, plan: Plan, own_id: str, since: datetime) -> dict[str, PlanState]:
        """Other runs that write where this one does: those under way, and those that ended since. `own_id`: the MSP's own company."""
        company_id = plan.company_id or own_id
        here = col(PlanRow.company_id) == company_id
        ended = (col(PlanRow.state).in_((PlanState.DONE, PlanState.FAILED)), col(PlanRow.finished_at) >= since)
        where = (
            col(PlanRow.id) != plan.id,
            col(PlanRow.kind).in_(_TOGETHER.get(plan.kind, (plan.kind,))),
            or_(here, col(PlanRow.company_id).is_(None)) if company_id == own_id else here,
            col(PlanRow.decided_at).is_not(None),
            or_(col(PlanRow.state) == PlanState.RUNNING, and_(*ended)),
        )
        rows = self._session.execute(select(col(PlanRow.id), col(PlanRow.state)).where(*where)).all()
        return {plan_id: PlanState(state) for plan_id, state in rows}

    def start_alone(self) -> None:
        """Until the end of the transaction nobody else starts a run."""
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK})

    def tally(self, plan_id: str) -> Counts:
        """The counts of a plan's items as they are stored."""
        rows = self._session.execute(
            select(col(PlanItemRow.action), func.count(), func.sum(case((col(PlanItemRow.waits), 1), else_=0)))
            .where(col(PlanItemRow.plan_id) == plan_id)
            .group_by(col(PlanItemRow.action))
        ).all()
        return Counts(**{action: number for action, number, _ in rows}, waiting=sum(int(waits) for *_, waits in rows))

    def proposed_auto(self, connection_id: str, kind: Kind, company_id: str | None, but: str) -> Plan | None:
        """The plan, other than `but`, that a sync proposed for the same thing and nobody has decided on."""
        row = self._session.scalars(
            select(PlanRow)
            .where(
                col(PlanRow.connection_id) == connection_id,
                col(PlanRow.kind) == kind,
                col(PlanRow.company_id) == company_id,
                col(PlanRow.auto),
                col(PlanRow.state) == PlanState.PROPOSED,
                col(PlanRow.id) != but,
            )
            .limit(1)
        ).first()
        return None if row is None else _said(row)

    def preparing_with_note(self, note: str) -> tuple[str, ...]:
        """Plans a sync is making; they carry the round as their note until they are settled."""
        where = (col(PlanRow.state) == PlanState.PREPARING, col(PlanRow.auto), col(PlanRow.note) == note)
        return tuple(self._session.scalars(select(col(PlanRow.id)).where(*where).order_by(col(PlanRow.id))))

    # --- items ---

    def stage(
        self,
        plan_id: str,
        items: Iterable[tuple[int, str, str, str, Mapping[str, object], str]],
        verdicts: Mapping[int, Verdict] = MappingProxyType({}),
    ) -> None:
        """Keep rows as read: (seq, external id, label, detail, row, match key), with what is judged of them already.

        A repeated call changes nothing.
        """
        insert_or_skip(
            self._session,
            PlanItemRow,
            [
                {
                    "plan_id": plan_id,
                    "seq": seq,
                    "external_id": external_id,
                    "label": label,
                    "detail": detail,
                    "row": row,
                    "match_key": key,
                    **_judged(verdicts.get(seq)),
                }
                for seq, external_id, label, detail, row, key in items
            ],
        )

    def judge(self, plan_id: str, verdicts: Mapping[int, Verdict]) -> None:
        if not verdicts:
            return
        table = core(PlanItemRow)
        statement = update(table).where(table.c.plan_id == bindparam("p"), table.c.seq == bindparam("s"))
        statement = statement.values(
            {name: bindparam(f"v_{name}") for name in _UNJUDGED}
        )
        self._session.execute(
            statement,
            [
                {"p": plan_id, "s": seq} | {f"v_{name}": value for name, value in _judged(verdict).items()}
                for seq, verdict in verdicts.items()
            ],
        )

    def batch(self, plan_id: str, after: int, limit: int) -> tuple[PlanItem, ...]:
        """Items in order, behind `after`."""
        return tuple(map(_item, self._session.execute(_behind(_ITEM, plan_id, after, limit))))

    def lines(self, plan_id: str) -> Iterator[bytes]:
        """Everything that will happen, in order, as it is stored: what a plan's digest is made of."""
        after = -1
        while rows := self._session.execute(_behind(_LINE, plan_id, after, _LINES)).all():
            yield _ENCODER.encode_lines([tuple(row) for row in rows])
            after = rows[-1][0]

    def page(
        self, plan_id: str, action: Action | None, search: str, limit: int, offset: int
    ) -> tuple[tuple[PlanItem, ...], int]:
        where = _items_where(plan_id, action, search)
        total = self._session.scalar(select(func.count()).select_from(PlanItemRow).where(*where)) or 0
        rows = self._session.execute(
            select(*_ITEM).where(*where).order_by(col(PlanItemRow.seq)).limit(limit).offset(offset)
        )
        return tuple(map(_item, rows)), total

    def left_out(self, words: str, company_id: str | None, limit: int) -> list[tuple[Plan, PlanItem]]:
        """The newest rows of that name which a plan held or saw in conflict."""
        where = [
            or_(
                col(PlanItemRow.label).icontains(words, autoescape=True),
                col(PlanItemRow.detail).icontains(words, autoescape=True),
            ),
            col(PlanItemRow.action).in_((Action.HELD, Action.CONFLICT)),
            col(PlanRow.undo_of) == "",  # what an undo kept is here
        ]
        if company_id is not None:
            where.append(col(PlanRow.company_id) == company_id)
        rows = self._session.execute(
            select(PlanRow, *_ITEM)
            .join(PlanItemRow, col(PlanItemRow.plan_id) == col(PlanRow.id))
            .where(*where)
            .order_by(col(PlanRow.requested_at).desc(), col(PlanItemRow.seq))
            .limit(limit)
        )
        return [(_said(plan), _item(item)) for plan, *item in rows]

    def staged(self, plan_id: str) -> int:
        return (
            self._session.scalar(
                select(func.count()).select_from(PlanItemRow).where(col(PlanItemRow.plan_id) == plan_id)
            )
            or 0
        )

    def by_external(self, plan_id: str, external_ids: Sequence[str]) -> dict[str, PlanItem]:
        rows = self._session.execute(
            select(*_ITEM).where(col(PlanItemRow.plan_id) == plan_id, among(col(PlanItemRow.external_id), external_ids))
        )
        return {item.external_id: item for item in map(_item, rows)}

    def twins(self, plan_id: str) -> dict[str, tuple[int, ...]]:
        """Match keys that more than one row of the plan has, with the rows' numbers in order."""
        double = (
            select(col(PlanItemRow.match_key))
            .where(col(PlanItemRow.plan_id) == plan_id, col(PlanItemRow.match_key) != "")
            .group_by(col(PlanItemRow.match_key))
            .having(func.count() > 1)
        )
        rows = self._session.execute(
            select(col(PlanItemRow.match_key), col(PlanItemRow.seq))
            .where(col(PlanItemRow.plan_id) == plan_id, col(PlanItemRow.match_key).in_(double))
            .order_by(col(PlanItemRow.seq)),
        )
        found: dict[str, list[int]] = {}
        for key, seq in rows:
            found.setdefault(key, []).append(seq)
        return {key: tuple(seqs) for key, seqs in found.items()}

    def firsts(self, plan_id: str, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Match key → number and label of the first row of the plan that has it."""
        # Put in order here: asked to, SQLite would walk the whole plan by its numbers.
        where = (_KEPT.plan_id == plan_id, among(_KEPT.match_key, keys))
        rows = self._session.execute(select(_KEPT.match_key, _KEPT.seq, _KEPT.label).where(*where)).all()
        return {key: (seq, label) for key, seq, label in sorted(map(tuple, rows), reverse=True)}

    def copy_items(self, from_plan: str, to_plan: str, external_ids: Sequence[str]) -> None:
        """Carry the chosen rows, as read, over to a narrower plan."""
        rows = self._session.scalars(
            select(PlanItemRow)
            .where(col(PlanItemRow.plan_id) == from_plan, among(col(PlanItemRow.external_id), external_ids))
            .order_by(col(PlanItemRow.seq))
        )
        self.stage(
            to_plan,
            [(row.seq, row.external_id, row.label, row.detail, row.row, row.match_key) for row in rows],
        )

    def carry_items(self, from_plan: str, to_plan: str) -> None:
        """Add the rows of one plan, as read, behind those of another that does not have them."""
        start = self.staged(to_plan)
        there = select(col(PlanItemRow.external_id)).where(col(PlanItemRow.plan_id) == to_plan)
        rows = self._session.scalars(
            select(PlanItemRow)
            .where(col(PlanItemRow.plan_id) == from_plan, col(PlanItemRow.external_id).not_in(there))
            .order_by(col(PlanItemRow.seq))
        ).all()
        self.stage(
            to_plan,
            [
                (start + number, row.external_id, row.label, row.detail, row.row, row.match_key)
                for number, row in enumerate(rows)
            ],
        )

    def external_ids(self, plan_id: str) -> tuple[str, ...]:
        return tuple(
            self._session.scalars(select(col(PlanItemRow.external_id)).where(col(PlanItemRow.plan_id) == plan_id))
        )

    def drop_items_from(self, plan_id: str, seq: int) -> None:
        """Forget rows from a number on: what a page left that was read but not remembered."""
        self._session.execute(
            delete(PlanItemRow).where(col(PlanItemRow.plan_id) == plan_id, col(PlanItemRow.seq) >= seq)
        )


def _values(plan: Plan) -> Mapping[str, Any]:
    return {
        **asdict(plan),
        "counts": asdict(plan.counts),
        "selection": None if plan.selection is None else list(plan.selection),
    }


def _items_where(plan_id: str, action: Action | None, search: str) -> list[Any]:
    where: list[Any] = [col(PlanItemRow.plan_id) == plan_id]
    if action is not None:
        where.append(col(PlanItemRow.action) == action)
    if search.strip():
        needle = search.strip()
        where.append(
            or_(
                col(PlanItemRow.label).icontains(needle, autoescape=True),
                col(PlanItemRow.detail).icontains(needle, autoescape=True),
            )
        )
    return where


def _said(row: PlanRow) -> Plan:
    return Plan(
        id=row.id,
        kind=Kind(row.kind),
        connection_id=row.connection_id,
        source_title=row.source_title,
        company_id=row.company_id,
        company_name=row.company_name,
        link_id=row.link_id,
        link_version=row.link_version,
        state=PlanState(row.state),
        requested_by=row.requested_by,
        requested_by_name=row.requested_by_name,
        requested_at=row.requested_at,
        needs_second=row.needs_second,
        counts=Counts(**row.counts),
        digest=row.digest,
        read_rows=row.read_rows,
        read_total=row.read_total,
        done_rows=row.done_rows,
        decided_by=row.decided_by,
        decided_by_name=row.decided_by_name,
        decided_at=row.decided_at,
        note=row.note,
        channel=row.channel,
        message_ts=row.message_ts,
        selection=None if row.selection is None else tuple(row.selection),
        finished_at=row.finished_at,
        as_of=row.as_of,
        auto=row.auto,
        undo_of=row.undo_of,
        alone=row.alone,
        role=row.role,
    )


# Plain columns, not objects: a plan may have a quarter of a million items, each read several times.
_KEPT = core(PlanItemRow).c
_ITEM = (_KEPT.seq, _KEPT.external_id, _KEPT.label, _KEPT.detail, _KEPT.row, _KEPT.match_key, _KEPT.action, _KEPT.reason, _KEPT.target, _KEPT.changes, _KEPT.waits)
_LINE = (_KEPT.seq, _KEPT.external_id, _KEPT.action, _KEPT.target, _KEPT.waits, cast(_KEPT.row, Text), cast(_KEPT.changes, Text))
_LINES = 2000  # at a time
_ENCODER = msgspec.json.Encoder()
_ACTIONS = {action.value: action for action in Action} | {"": Action.HELD}


def _behind(columns: Sequence[ColumnElement[Any]], plan_id: str, after: int, limit: int) -> Select[Any]:
    return select(*columns).where(_KEPT.plan_id == plan_id, _KEPT.seq > after).order_by(_KEPT.seq).limit(limit)


def _judged(verdict: Verdict | None) -> Mapping[str, Any]:
    if verdict is None:
        return _UNJUDGED
    return {
        "action": verdict.action,
        "reason": verdict.reason,
        "target": verdict.target,
        "changes": {name: list(pair) for name, pair in verdict.changes.items()},
        "waits": verdict.waits,
    }


_UNJUDGED: Mapping[str, Any] = {"action": "", "reason": "", "target": "", "changes": {}, "waits": False}


def _item(row: Sequence[Any]) -> PlanItem:
    seq, external_id, label, detail, said, match_key, action, reason, target, changes, waits = row
    pairs = {name: (pair[0], pair[1]) for name, pair in changes.items()} if changes else changes
    return PlanItem(seq, external_id, label, detail, said, Verdict(_ACTIONS[action], reason, target, pairs, waits), match_key)
