"""The forms for people by hand: typed addresses, and CSV that is pasted."""

from domain.by_hand import MOST
from domain.csv_columns import KNOWN
from handlers.views import imports, kit

TYPE, PASTE = "by_hand_type", "by_hand_paste"  # buttons; value: company id, or nothing
SAVED = "by_hand_saved"  # callback; meta: method | company id | channel
ROWS = "by_hand:rows"
TYPED, CSV = "typed", "csv"
WORDS = {"typed": TYPED, "typing": TYPED, "hand": TYPED, "by hand": TYPED, "addresses": TYPED, "csv": CSV, "paste": CSV}


def buttons(company_id: str = "") -> list[kit.Block]:
    return kit.actions(kit.button("Type addresses", TYPE, company_id), kit.button("Paste CSV", PASTE, company_id))


def form(method: str, company_id: str, company: str, channel: str) -> kit.Block:
    """Without a company there is a picker of one."""
    blocks = [kit.section(f"People of *{kit.said(company)}*")] if company_id else []
    if not company_id:
        blocks.append(kit.external("Company", imports.COMPANY, imports.COMPANY_PICK))
    blocks.append(_rows(method))
    blocks.append(
        kit.context_line(
            f"Up to {MOST} people and 3,000 characters at once. A preview comes first; addresses outside the company's own "
            "domain are held there until you pick them."
        )
    )
    title = "Paste CSV" if method == CSV else "Type addresses"
    return kit.modal(title, blocks, SAVED, submit="Preview", private_metadata=f"{method}|{company_id}|{channel}")


def _rows(method: str) -> kit.Block:
    if method == CSV:
        hint = f"The first line names the columns: {KNOWN} (parted by ;). Comma, semicolon or tab."
        return kit.input_text("CSV", ROWS, ROWS, multiline=True, hint=hint)
    hint = "One a line, or parted by commas. With a name: Mia Huber <mia@contoso.com>"
    return kit.input_text("Addresses", ROWS, ROWS, multiline=True, hint=hint)
