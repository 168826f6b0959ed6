"""E-mail addresses: one key for two spellings, the typed spelling kept, a sentence for everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.email import Address, BadAddress, check

locals_ = st.from_regex(r"[a-zA-Z0-9]([a-zA-Z0-9_+-]{0,20}[a-zA-Z0-9])?", fullmatch=True)
hosts = st.sampled_from(["contoso.com", "Fabrikam.co.uk", "münchen.de", "xn--mnchen-3ya.de", "x.test"])


@given(locals_, hosts)
def test_case_never_makes_two_people_of_one(local: str, host: str) -> None:
    address = check(f"{local}@{host}")
    assert check(f"{local.upper()}@{host.upper()}").folded == address.folded
    assert address.folded == address.folded.casefold()
    assert address.folded.endswith("@" + address.domain)


@given(locals_, hosts)
def test_the_typed_spelling_is_kept_and_the_key_is_stable(local: str, host: str) -> None:
    address = check(f"  {local}@{host}\n")
    assert address.original == f"{local}@{host}"
    assert check(address.folded).folded == address.folded


loose = st.text("aZ09.-_+", min_size=1, max_size=9) | st.sampled_from(["a" * 64, "a" * 65, "postmaster", "mailto:a"])
loose_hosts = st.sampled_from(
    ["contoso.com", "contoso.", "-contoso.com", "a..b.com", "x.test", "y.LOCAL", "z.invalid", "a.onion", "xn--mnchen-3ya.de", "xn--zzzzzz--.de",
     "contoso.c", "contoso.1", "localhost", f"{'a' * 63}.com", f"{'a' * 64}.com", f"{'a.' * 100}com", f"{'a.' * 125}com", "ab--cd.com"]
)  # fmt: skip


@given(loose, loose_hosts | st.text("aZ0.-", min_size=1, max_size=9))
def test_the_short_way_for_plain_addresses_says_what_the_careful_one_says(local: str, host: str) -> None:
    """An address in angle brackets goes the careful way, the bare one mostly the short one."""

    def found(text: str) -> Address | None:
        try:
            return check(text)
        except BadAddress:
            return None

    assert found(f"{local}@{host}") == found(f"<{local}@{host}>") or local == "mailto:a"


def test_plus_tags_and_dots_stay_part_of_the_person() -> None:
    keys = {check(text).folded for text in ("ann.b@contoso.com", "annb@contoso.com", "annb+x@contoso.com")}
    assert len(keys) == 3


def test_a_domain_and_a_letter_written_in_two_ways_are_one() -> None:
    assert check("ann@MÜNCHEN.de").domain == check("ann@xn--mnchen-3ya.de").domain == "xn--mnchen-3ya.de"
    assert check("u\u0308@contoso.com").folded == check("\u00dc@contoso.com").folded == "\u00fc@contoso.com"


def test_a_letter_that_becomes_two_in_capitals_is_still_one_person() -> None:
    assert check("strauß@contoso.com").folded == check("STRAUSS@contoso.com").folded


def test_an_address_behind_a_name_or_a_mail_link_is_taken_out() -> None:
    expected = Address("Ann@Contoso.com", "ann@contoso.com", "contoso.com")
    assert check("Ann Example <Ann@Contoso.com>") == expected
    assert check('"Example, Ann" < Ann@Contoso.com >') == expected
    assert check("mailto:Ann@Contoso.com") == expected
    assert str(expected) == "Ann@Contoso.com"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is missing"),
        ("   ", "is missing"),
        ("ann", "has no @"),
        ("n/a", "has no @"),
        ("ann b@contoso.com", "has a space inside"),
        ("a@contoso.com, b@contoso.com", "several addresses, so none is taken"),
        ("a@contoso.com;b@contoso.com", "several addresses, so none is taken"),
        ("a@contoso.com b@contoso.com", "several addresses, so none is taken"),
        ("Ann <a@contoso.com>, Bob <b@contoso.com>", "several addresses, so none is taken"),
        ("a@@contoso.com", "is not an e-mail address"),
        ("a@b..com", "two periods"),
        ("@contoso.com", "is not an e-mail address"),
        ("a@contoso", "is not an e-mail address"),
        ("a@10.0.0.1", "is not an e-mail address"),
        ("ann@contoso.local", "only inside a network"),
        ("a" * 60 + "@" + "b" * 60 + ("." + "c" * 60) * 3 + ".com", "too long: 308 characters"),
        ("ann\u200b@contoso.com", "is not an e-mail address"),
    ],
)
def test_what_is_not_one_address_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(BadAddress) as caught:
        check(text)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 400


@given(st.text(max_size=400) | st.text(alphabet="ab@.<> ,;\"'\\ü\u0301\0", max_size=40))
def test_any_text_gives_an_address_or_a_sentence(text: str) -> None:
    try:
        address = check(text)
    except BadAddress:
        pass
    else:
        assert address.original in text or address.original in " ".join(text.split())
        assert address.domain.isascii()
