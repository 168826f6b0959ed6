"""Company names: what two spellings of one name have in common, and how a long one is cut for display.

`bare_name` is for comparison only and is never shown. It drops what people add or leave out at will (case,
accents, punctuation, "the", the legal form). `legal_form` gives what was dropped at the end, because
"Contoso GmbH" and "Contoso AG" share a bare name and are still two companies.
"""

import re
import unicodedata
from functools import lru_cache

# Forms that are dropped with or without dots. The value is the one spelling that stands for all.
_SPELLINGS = """
    inc incorporated | corp corporation | co company | ltd limited | pty proprietary | pvt private | pte
    plc | llc | llp | lllp | lp | pllc | pc | cic | sdn | bhd | gmbh gesmbh | ggmbh | mbh | ag | kg
    kgaa | ohg | gbr | ug | se | sa | sarl | sas | sasu | eurl | scop | srl | srls | sl | slu | lda
    ltda | cv | bv | bvba | vof | vzw | asbl | sprl | ab | hb | as | aps | ivs | oy | oyj | ou | uab
    sia | ehf | hf | kft | zrt | nyrt | doo | dooel | sro | ood | eood | kk
"""
_FORMS = {
    word: group.split()[0]
    for line in _SPELLINGS.strip().splitlines()
    for group in line.split("|")
    for word in group.split()
}
# Dropped only when written with dots: without them they are a spa, a US state or an electric vehicle.
_DOTTED = frozenset({"spa", "pa", "sc", "nv", "ev", "eg", "ek", "zoo"})
_FILLERS = frozenset({"and", "spol"})  # "GmbH & Co. KG", "spol. s r.o."
_LIABLE = "haftungsbeschrankt"  # "UG (haftungsbeschränkt)": always behind its form
_AND = frozenset({"und", "et"})
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŀ": "l"}
)
# Written or left out at will, so no word break.
_QUIET = re.compile(r"['’‘`´ʼʹ′\u200b-\u200d\u2060\ufeff\u00ad]")
_SLASHED = re.compile(r"\b([as])/([as])\b")  # A/S, S/A
_SPACED = re.compile(r"\b(\w\.)\s+(?=\w\.)")  # "S. A." is "S.A."
_POLISH = re.compile(r"\bsp\.?\s*z\s*\.?\s*o\.?\s*o\b\.?")  # Sp. z o.o.
_CZECH = re.compile(r"\bs\.?\s*r\.\s*o\b\.?")  # s r.o.
_MEXICAN = re.compile(r"\bde\s+c\.?\s*v\b\.?")  # S.A. de C.V.
_INITIALS = re.compile(r"(?:\w\.)+\w?")


def bare_name(name: str) -> str:
    """The name for comparison: folded, without legal forms, leading "the" and punctuation.

    A name made of nothing but such words ("The Company") gives the folded whole; only a blank name gives "".
    """
    return _parsed(name)[0]


def legal_form(name: str) -> tuple[str, ...]:
    """The legal forms at the end of the name, one spelling for each: ("gmbh", "co", "kg")."""
    return _parsed(name)[1]


@lru_cache(maxsize=50_000)  # one matching asks for the same names many times over
def _parsed(name: str) -> tuple[str, tuple[str, ...]]:
    words = _words(name)
    kept, forms = _without_forms(words)
    if len(kept) > 1 and kept[0] == "the":
        kept = kept[1:]
    bare = _joined(kept)
    if bare in ("", "the"):
        bare, forms = _joined(words), []
    return bare or unicodedata.normalize("NFKC", name).casefold().strip() or name.strip(), tuple(forms)


def _words(name: str) -> list[str]:
    """Folded words; dots are kept inside them, for they tell "S.p.A." from a spa."""
    text = _folded(re.sub(r"\bSpA\b", "s.p.a.", name))
    text = _QUIET.sub("", text)
    text = _SLASHED.sub(r"\1\2", text)
    text = _MEXICAN.sub("cv", _CZECH.sub("s.r.o.", _POLISH.sub("z.o.o.", text)))
    text = text.replace("&", " and ").replace("+", " plus ")
    text = "".join(" " if _is_mark(char) else char for char in text)
    text = _SPACED.sub(r"\1", text)
    words = [word for word in text.split() if word.strip(".")]
    return ["and" if word in _AND else word for word in words]


def _folded(text: str) -> str:
    """Compatibility forms unified, case folded, accents taken off Latin letters (elsewhere a mark is part
    of the letter).
    """
    out: list[str] = []
    latin = False
    for char in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold()):
        if unicodedata.combining(char):
            if not latin:
                out.append(char)
            continue
        latin = char.isascii() or unicodedata.name(char, "").startswith("LATIN")
        out.append(char)
    return unicodedata.normalize("NFC", "".join(out)).translate(_LETTERS)


def _is_mark(char: str) -> bool:
    return char != "." and unicodedata.category(char)[0] in "PSC"


def _without_forms(words: list[str]) -> tuple[list[str], list[str]]:
    kept, forms = list(words), list[str]()
    if len(kept) > 1 and kept[-1] == "the":  # "Widget Company, The"
        kept.pop()
    while kept:
        form = _form(kept[-1])
        if form is not None:
            forms.insert(0, form)
        elif not _is_filler(kept[-1], bool(forms)):
            break
        kept.pop()
    return kept, forms


def _is_filler(word: str, before_a_form: bool) -> bool:
    plain = word.rstrip(".")
    return plain == _LIABLE or (before_a_form and plain in _FILLERS)


def _form(word: str) -> str | None:
    plain = word.replace(".", "")
    if plain in _FORMS:
        return _FORMS[plain]
    return plain if plain in _DOTTED and "." in word.rstrip(".") else None


def _joined(words: list[str]) -> str:
    """One string: initials lose their dots ("A.B.C." is "abc"), other dots part words."""
    return " ".join(
        " ".join(word.replace(".", "" if _INITIALS.fullmatch(word) else " ").split()) for word in words
    ).strip()


def short(name: str, limit: int) -> str:
    """The name in at most `limit` characters, cut with "…"; a letter is never parted from its marks."""
    if len(name) <= limit:
        return name
    if limit < 1:
        return ""
    end = limit - 1
    while end > 0 and _belongs_to_previous(name, end):
        end -= 1
    return name[: end or limit - 1].rstrip() + "…"


def _belongs_to_previous(name: str, index: int) -> bool:
    """Whether the character at `index` is drawn as one with the character before it."""
    char = name[index]
    is_joined = "\u200d" in (char, name[index - 1])
    is_paired = "\udc00" <= char <= "\udfff"  # the second half of a pair that arrived unjoined
    is_tone = "\U0001f3fb" <= char <= "\U0001f3ff"
    return is_joined or is_paired or is_tone or unicodedata.category(char)[0] == "M"
