"""Web addresses: one form for what is one domain, and plain words for what cannot be a company's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.webaddress import Domain, is_public_mail, is_shared_site, looks_alike, problem, registered

labels = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(
    lambda label: "--" not in label and label != "www"
)
hosts = st.builds(".".join, st.tuples(labels, st.sampled_from(["com", "de", "co.uk", "gov", "example"]))) | st.builds(
    ".".join, st.tuples(labels, labels, st.sampled_from(["com", "gov", "com.au"]))
)


def of(text: str) -> Domain:
    domain = registered(text)
    assert domain is not None
    return domain


@given(
    hosts,
    st.sampled_from(["", "http://", "HTTPS://", "https:", "//", "ftp://", "http:/"]),
    st.sampled_from(["", "www.", "WWW."]),
    st.sampled_from(["", ".", ":443", ":8080/", "/", "/a//b?c=d@e#f", "?q=http://x.com", "./x"]),
    st.booleans(),
)
def test_every_way_of_typing_a_domain_gives_one_key(host: str, before: str, www: str, after: str, loud: bool) -> None:
    typed = f"  {before}{www}{host.upper() if loud else host}{after} "
    assert of(typed) == of(host)
    assert of(host).ascii == host
    assert of(of(host).ascii) == of(host)


def test_an_address_pasted_instead_of_a_domain_gives_its_domain() -> None:
    for text in (
        "ann@contoso.com",
        "mailto:ann@contoso.com",
        "Ann <ann@contoso.com>",
        "<https://contoso.com/>",
    ):
        assert of(text).ascii == "contoso.com"
    assert of("https://contoso.com:pw@fabrikam.com/").ascii == "fabrikam.com"


def test_hosts_under_one_registered_name_stay_apart_and_know_their_owner() -> None:
    police, library = of("police.city.gov"), of("www.library.city.gov")
    assert police.ascii != library.ascii == "library.city.gov"
    assert police.registrable == library.registrable == "city.gov"
    assert of("shop.contoso.co.uk").registrable == "contoso.co.uk"
    assert of("contoso.wordpress.com").registrable == "contoso.wordpress.com"
    assert of("a.contoso.onmicrosoft.com").registrable == "contoso.onmicrosoft.com"


def test_a_domain_in_other_letters_is_kept_in_ascii_and_shown_in_both() -> None:
    domain = of("https://www.MÜNCHEN.de/")
    assert domain.ascii == "xn--mnchen-3ya.de"
    assert str(domain) == domain.shown == "münchen.de (xn--mnchen-3ya.de)"
    assert of("xn--mnchen-3ya.de") == domain
    assert of("contoso.com").shown == "contoso.com"


NO_DOMAINS = """
    n/a none co.uk www.co.uk localhost server.local 10.0.0.1 http://10.0.0.1/x [::1] contoso foo_bar.com - http://
    a..com ... 1.2 ☃.net
    contoso.com,fabrikam.com
"""


@pytest.mark.parametrize(
    "text",
    ["", " ", "contoso.com fabrikam.com", "x" * 64 + ".com", "a." * 200 + "com", "x" * 10_000, *NO_DOMAINS.split()],
)
def test_what_is_no_domain_is_refused_with_what_to_do(text: str) -> None:
    assert registered(text) is None
    said = problem(text)
    assert said is not None
    assert said.endswith("Type the company's own domain, such as contoso.com.")
    assert len(said) < 200


@given(st.text() | st.text(alphabet="a.:/@?#[]<>\\-_ü。\0 ", max_size=30))
def test_no_text_breaks_it_and_what_is_accepted_is_stable(text: str) -> None:
    domain = registered(text)
    assert (domain is not None) or problem(text)
    if domain is not None:
        assert domain.ascii.isascii()
        assert domain.ascii == domain.ascii.lower()
        assert domain.ascii.endswith(domain.registrable)


PUBLIC_MAIL = """
    gmail.com googlemail.com outlook.com outlook.de hotmail.com hotmail.co.uk live.nl msn.com yahoo.com yahoo.fr
    yahoo.co.jp yahoo.com.br gmx.de gmx.net gmx.at icloud.com me.com proton.me protonmail.com aol.com aol.de web.de
    t-online.de orange.fr wanadoo.fr qq.com 163.com 126.com mail.ru yandex.ru yandex.com zoho.com comcast.net
    btinternet.com libero.it wp.pl seznam.cz bigpond.com shaw.ca uol.com.br naver.com rediffmail.com bluewin.ch
"""


@pytest.mark.parametrize("host", PUBLIC_MAIL.split())
def test_public_mail_is_known_and_cannot_be_a_companys_own(host: str) -> None:
    assert is_public_mail(host)
    assert is_public_mail(host.upper() + ".")
    assert "is a public mail domain, not a company's own" in str(problem(f"ann@{host}"))


@pytest.mark.parametrize(
    "host", ["contoso.com", "gmail-services.com", "notgmail.com", "yahoofarm.com", "gmxgroup.de", "x", ""]
)
def test_a_companys_domain_is_not_taken_for_public_mail(host: str) -> None:
    assert not is_public_mail(host)


def test_a_page_on_a_shared_site_is_no_companys_domain_and_a_name_of_its_own_is() -> None:
    assert "a site that many share" in str(problem("https://www.facebook.com/contoso"))
    assert is_shared_site("sites.google.com")
    assert is_shared_site("wordpress.com")
    assert problem("contoso.wordpress.com") is None
    assert problem("contoso.onmicrosoft.com") is None
    assert not is_shared_site("contoso.com")
    assert problem("contoso.com") is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("contoso.com", "c\u043entoso.com"),  # a Cyrillic o
        ("contoso.com", "c0ntoso.com"),
        ("contoso.com", "contosso.com"),
        ("contoso.com", "cnotoso.com"),
        ("contoso.com", "contoso.co"),
        ("modern.com", "modem.com"),
        ("xn--80ak6aa92e.com", "apple.com"),
        ("münchen.de", "munchen.de"),
        ("www.contoso.com", "mail.contosa.com"),
    ],
)
def test_domains_that_fool_the_eye_are_flagged_both_ways(a: str, b: str) -> None:
    assert looks_alike(of(a), of(b))
    assert looks_alike(of(b), of(a))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("contoso.com", "contoso.com"),
        ("contoso.com", "fabrikam.com"),
        ("ibm.com", "ibs.com"),
        ("a.city.gov", "b.city.gov"),
    ],
)
def test_domains_that_are_plainly_different_or_of_one_owner_are_not_flagged(a: str, b: str) -> None:
    assert not looks_alike(of(a), of(b))
