"""The message of a sync that goes on: a bar, and what each part found."""

from flows.sync import SyncState
from flows.sync_progress import Progress
from handlers.views import doors, kit


def build(progress: Progress, ended: bool) -> kit.Block:
    done = sum(progress.is_done(part) for part in progress.parts)
    head = f"Sync of {kit.said(progress.title)}: {'done' if ended else 'running'}"
    lines = [_line(progress, part, ended) for part in progress.parts]
    lines += [f"– {_word(part)}: nothing to keep up to date yet. Import some first." for part in progress.idle]
    blocks = [kit.section(f"*{head}*\n{kit.progress_bar(done, len(progress.parts))} parts")]
    blocks.append(kit.section("\n".join(lines) or "Nothing is switched on."))
    if ended:
        blocks += kit.actions(doors.integrations(), doors.map_companies())
    else:
        blocks.append(kit.context_line("This goes on in the background and may take minutes. You may leave."))
    return kit.message(head, blocks)


def _line(progress: Progress, part: SyncState, ended: bool) -> str:
    if progress.is_done(part):
        return f"{'⚠️' if part.failed else '✓'} {_word(part)}: {kit.remark(part.last_note, 400)}"
    return f"– {_word(part)}: did not run." if ended else f"… {_word(part)}"


def _word(part: SyncState) -> str:
    return str(part.kind.value).capitalize()
