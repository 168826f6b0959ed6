"""The nothing-lost report of a password import: a section an aspect, with links to mend at the source what was left."""

import re

from domain.nothing_lost import Aspect, Example, Line, Report
from domain.plan import Plan
from handlers.views import kit

REPORT = "plan_report_shown"  # callback

_WHY = {
    Aspect.VALUE: "The present value, with its notes.",
    Aspect.OTP: "{source} never gives the seed out. Set the one-time code up anew at the service, then keep its seed here.",
    Aspect.VAULTED: "{source} encrypts them for people only: open each there and enter it here by hand.",
    Aspect.ARCHIVED: "Left out unless picked under Only some…; picked ones are archived here too.",
    Aspect.EMBEDDED: "They stand alone here: a further field keeps what each was part of.",
    Aspect.ATTACHMENTS: "Files stay in {source}.",
    Aspect.CUSTOM_FIELDS: "Kept as further fields, sealed with the value.",
    Aspect.FOLDERS: "Kept with their paths.",
    Aspect.OLD_VERSIONS: "{source} keeps them; only the present value comes along.",
}


def modal(plan: Plan, report: Report, title: str) -> kit.Block:
    what = "All of it comes along." if report.is_whole else "What cannot come along as it is, stands below with links to mend it."
    counted = f"{_records(report.records)}, each in one column of every line."
    blocks = [kit.section(f"*{kit.said(title, 200)}*\n{counted} {what}")]
    for line in report.lines:
        if line.concerned:
            blocks.append(kit.section(_line(line, plan)))
    untold = [line.aspect.value for line in report.lines if not line.concerned]
    if untold and report.records:
        blocks.append(kit.context_line(f"None here: {', '.join(untold)}."))
    return kit.modal("Report", blocks, REPORT)


def _records(number: int) -> str:
    return "1 record" if number == 1 else f"{number:,} records"


def _line(line: Line, plan: Plan) -> str:
    counts = f"*{line.carried:,}* carried · *{line.changed:,}* changed · *{line.left:,}* left"
    rows = [f"*{line.aspect.value}*", counts, kit.said(plan.advised(_WHY[line.aspect].format(source=plan.source_title)), 300)]
    if line.aspect is not Aspect.OLD_VERSIONS:
        rows += [f"• {_example(example)}" for example in line.examples]
        more = line.changed + line.left - len(line.examples)
        rows += [f"… and {more:,} more"] if more > 0 else []
    return "\n".join(rows)


def _example(example: Example) -> str:
    name = kit.said(example.name, 60)
    linked = f"<{kit.escape(example.url)}|{name}>" if re.fullmatch(r"https?://[^\s<>|]{1,500}", example.url) else name
    return f"{linked}: {kit.remark(example.why, 160)}" if example.why else linked
