"""`/enter/<token>`: takes credentials or an entry's secret in masked fields. A mistake is told and uses nothing up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from domain.connection import Connection
from domain.errors import AskOperator, GangwayError, NotAllowed, TellPerson
from domain.ports import Finding
from domain.secret import Entry
from flows.onetime import Closed, Kind
from flows.private import Typed, Waiting
from handlers.web.forms import Sent, read
from handlers.web.gate import Gate

MOST = 256 * 1024  # bytes of a form without a file

Take = Callable[["EnterPages", str, Waiting, Sent], Response]


@dataclass(frozen=True)
class EnterPages:
    """`more` are the kinds that take or give a file: how they are drawn, and what their button does."""

    gate: Gate
    look: Callable[[str], Waiting]
    secret: Callable[[str, Typed], Entry]
    credentials: Callable[[str, Mapping[str, str]], tuple[Connection, Finding]]
    most: Mapping[Kind, int]
    more: Mapping[Kind, tuple[Callable[["EnterPages", Waiting], Response], Take]]

    def show(self, request: Request) -> Response:
        """GET and HEAD: the empty form."""
        slow = self.gate.too_often(request)
        if slow is not None:
            return slow
        try:
            return self._form(self.look(self.gate.token(request)))
        except GangwayError as error:
            return self.gate.refused(error)

    async def press(self, request: Request) -> Response:
        """POST: the button. The link is looked at first, so that nobody sends megabytes to a dead one."""
        slow = self.gate.too_often(request)
        if slow is not None:
            return slow
        try:
            token = self.gate.token(request)
            waiting = await run_in_threadpool(self.look, token)
        except GangwayError as error:
            return self.gate.refused(error)
        sent = await read(request, self.most.get(waiting.ticket.kind, MOST))
        return await run_in_threadpool(self._take, token, waiting, sent)

    def _take(self, token: str, waiting: Waiting, sent: Sent) -> Response:
        try:
            return self._act(token, waiting, sent)
        except (Closed, NotAllowed) as error:
            return self.gate.refused(error)
        except GangwayError as error:
            return self._form(waiting, sent, error)

    def _act(self, token: str, waiting: Waiting, sent: Sent) -> Response:
        kind = waiting.ticket.kind
        if kind is Kind.SECRET:
            self.secret(token, _typed(sent))
            return self.gate.notice("It is kept", "The secret is encrypted and kept. You can close this page.")
        if kind is Kind.CREDENTIALS:
            assert waiting.connector is not None
            names = [field.name for field in waiting.connector.fields]
            connection, finding = self.credentials(token, {name: sent.word(name).strip() for name in names})
            return self.gate.notice(f"Connected to {connection.title}", *_found(finding))
        return self.more[kind][1](self, token, waiting, sent)

    def _form(self, waiting: Waiting, sent: Sent | None = None, error: GangwayError | None = None) -> Response:
        kind = waiting.ticket.kind
        if kind in self.more:
            if error is not None:
                return self.drawn("enter_file.html" if kind is Kind.FILE else "enter_export.html", waiting, error)
            return self.more[kind][0](self, waiting)
        if kind is Kind.CREDENTIALS:
            assert waiting.connector is not None
            shown = {
                field.name: sent.word(field.name) if sent else waiting.shown.get(field.name, "")
                for field in waiting.connector.fields
                if not field.secret
            }
            return self.drawn("enter_credentials.html", waiting, error, shown=shown)
        return self.drawn("enter_secret.html", waiting, error)

    def drawn(
        self, template: str, waiting: Waiting, error: GangwayError | None = None, **values: object
    ) -> HTMLResponse:
        """A form; with an error above it, and beside its field where one is to blame. No secret is ever put back."""
        blamed = error.field if isinstance(error, TellPerson | AskOperator) else None
        return self.gate.press.draw(
            template, 200 if error is None else 400, None, title="Private page", waiting=waiting,
            error=error.said if error else "", blamed=blamed or "", **values,
        )


def _typed(sent: Sent) -> Typed:
    """An empty field leaves what is kept; its tick takes it away."""

    def given(name: str) -> str | None:
        if sent.word(f"clear_{name}"):
            return ""
        return sent.word(name) or None

    return Typed(given("password"), given("notes"), given("otp_seed"))


def _found(finding: Finding) -> tuple[str, ...]:
    account = (f"Account: {finding.account}.",) if finding.account else ()
    counts = ", ".join(f"{number:,} {name}" for name, number in finding.counts.items())
    locked = tuple(f"{kind.value}: locked. {said}" for kind, said in finding.locked.items())
    kept = "The credentials are kept encrypted. You can close this page and go on in Slack."
    return (*account, *((f"Found: {counts}.",) if counts else ()), *locked, *finding.notes, kept)
