"""Names: which spellings are one name, and how a long one is cut."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.naming import bare_name, legal_form, short

FORMS = [
    form.strip()
    for form in [
        "\n    Inc ",
        " Inc. ",
        " Incorporated ",
        " LLC ",
        " L.L.C. ",
        " Ltd ",
        " Ltd. ",
        " Limited ",
        " GmbH ",
        " G.m.b.H. ",
        " AG ",
        " A.G. ",
        " S.A. ",
        " S. A. ",
        " SA\n    ",
        " S/A ",
        " SARL ",
        " S.A.R.L. ",
        " BV ",
        " B.V. ",
        " N.V. ",
        " Pty Ltd ",
        " Pty. Ltd. ",
        " PLC ",
        " Co ",
        " Co. ",
        " Company ",
        " Corp ",
        " Corp.\n    ",
        " Corporation ",
        " LLP ",
        " PLLC ",
        " P.C. ",
        " P.A. ",
        " Oy ",
        " Oyj ",
        " AB ",
        " ApS ",
        " A/S ",
        " AS ",
        " S.r.l. ",
        " SRL ",
        " S.p.A. ",
        " SpA ",
        " KG\n    ",
        " GmbH & Co. KG ",
        " GmbH und Co KG ",
        " Co., Ltd. ",
        " Pvt. Ltd. ",
        " Private Limited ",
        " Sdn. Bhd. ",
        " Sp. z o.o. ",
        " s.r.o.\n    ",
        " spol. s r.o. ",
        " S.A. de C.V. ",
        " UG (haftungsbeschränkt) ",
        " e.K. ",
        " e.V. ",
        " d.o.o. ",
        " Kft. ",
        " OÜ ",
        " & Co. KG\n    ",
        " and Company ",
        " SE\n    ",
    ]
]


@pytest.mark.parametrize("form", FORMS)
def test_a_legal_form_at_the_end_does_not_count_in_any_case(form: str) -> None:
    names = [
        f"Blue Heron {form}",
        f"Blue Heron, {form}",
        f"BLUE HERON {form.upper()}",
        f"blue heron {form.lower()}",
    ]
    if form == "SpA":  # in other letters it is a spa
        names = names[:2]
    assert {bare_name(name) for name in names} == {"blue heron"}
    assert all(legal_form(name) for name in names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Contoso", "  CONTOSO  "),
        ("The Contoso Group", "Contoso Group"),
        ("Widget Company, The", "The Widget Co."),
        ("Smith & Sons", "Smith and Sons"),
        ("Müller und Söhne GmbH", "MULLER & SOHNE"),
        ("Dupont et Fils", "Dupont & Fils"),
        ("O’Brien's", "OBriens"),
        ("Coca-Cola", "Coca Cola"),
        ("A.B.C. Ltd", "ABC Limited"),
        ("Straße", "STRASSE"),
        ("Łódź Ørsted Mærsk", "lodz orsted maersk"),
        ("Ｃｏｎｔｏｓｏ", "contoso"),
        ("Cafe\u0301", "Café"),
        ("Contoso\u200b Inc", "Contoso"),
        ("Contoso (UK)", "Contoso UK"),
    ],
)
def test_spellings_of_one_name_compare_equal(one: str, other: str) -> None:
    assert bare_name(one) == bare_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Contoso North", "Contoso South"),
        ("Wellness Spa", "Wellness"),
        ("Washington County, PA", "Washington County"),
        ("Henderson NV", "Henderson"),
        ("Incline Ltd", "Line Ltd"),
        ("District 12", "District 13"),
        ("ハイ", "バイ"),
        ("Йод", "Иод"),
        ("C++ Shop", "C Shop"),
        ("Co Working", "Working"),
    ],
)
def test_names_that_only_look_similar_stay_apart(one: str, other: str) -> None:
    assert bare_name(one) != bare_name(other)


@pytest.mark.parametrize(
    "name", ["The", "AG", "Inc.", "The Company", "& Co", "!!!", "-", "&", "...", "\u200b", "\u0301"]
)
def test_a_name_made_only_of_words_that_are_dropped_keeps_something(name: str) -> None:
    assert bare_name(name)


@given(st.text())
def test_only_a_blank_name_has_nothing_left(name: str) -> None:
    assert (bare_name(name) == "") == (not name.strip())
    assert bare_name(name) == bare_name(f"  {name} ")


@given(st.lists(st.sampled_from(["blue", "heron", "north", "&", "Société", "12"]), min_size=1, max_size=4))
def test_forms_and_the_pile_up_without_changing_the_name(words: list[str]) -> None:
    name = " ".join(words)
    if name == "&":
        return
    assert bare_name(f"The {name}x GmbH & Co. KG Ltd") == bare_name(f"{name}x".upper())


def test_the_legal_form_is_told_in_one_spelling() -> None:
    assert legal_form("Contoso Limited") == legal_form("CONTOSO LTD.") == ("ltd",)
    assert legal_form("Contoso G.m.b.H. & Co. KG") == ("gmbh", "co", "kg")
    assert legal_form("Contoso") == legal_form("AG") == ()


@given(st.text(max_size=60), st.integers(-2, 70))
def test_a_cut_name_fits_and_says_that_it_was_cut(name: str, limit: int) -> None:
    cut = short(name, limit)
    assert len(cut) <= max(limit, 0)
    assert cut == name if len(name) <= limit else limit < 1 or cut.endswith("…")
    assert cut == name or name.startswith(cut[:-1])


def test_a_cut_never_parts_a_letter_from_its_marks_or_an_emoji_from_its_parts() -> None:
    assert short("Cafe\u0301 Noir", 5) == "Caf…"
    assert short("ab👩\u200d🚒 crew", 5) == "ab…"
    assert short("ab👍🏽 crew", 4) == "ab…"
    assert short("ab\ud83d\ude00 crew", 4) == "ab…"
    assert short("Contoso North", 9) == "Contoso…"
    assert unicodedata.category(short("e" + "\u0301" * 9, 4)[-2]) == "Mn"
