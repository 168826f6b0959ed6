"""Web addresses as people type them, brought to the one form that makes a company unique.

The form is the full host without `www.`, lower case, in ASCII (punycode). The host is kept whole rather
than cut to its registrable part, because `police.city.gov` and `library.city.gov` are two clients, and so
are two shops on one shared host. `Domain.registrable` is there for those who want the owner.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import idna
import tldextract
from rapidfuzz.distance import OSA

from domain.naming import short

# No list is fetched: the bundled one is read from the package, also when there is no network.
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

_SCHEME = re.compile(r"^(?:mailto:|https?:/*|[a-z][a-z0-9+.-]*://|//)", re.IGNORECASE)
_PORT = re.compile(r":\d{0,5}$")
_REMEDY = "Type the company's own domain, such as contoso.com."
_LONGEST = 2_000  # of what is typed; a host itself has at most 253


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Last labels of names that exist only inside a network.
_INTERNAL = _listed("local localhost localdomain lan internal intranet corp home invalid onion arpa")

# Mail providers whose name counts under every suffix: yahoo.fr, yahoo.co.uk, gmx.ch, hotmail.it ...
_MAIL_FAMILIES = _listed("aol gmail googlemail gmx hotmail icloud outlook rocketmail tutanota yahoo yandex ymail")
_MAIL = _listed(
    """
    live.com live.at live.be live.ca live.cl live.cn live.com.ar live.com.au live.com.mx live.com.pt
    live.co.uk live.co.za live.de live.dk live.fr live.ie live.in live.it live.jp live.nl live.no live.ru
    live.se msn.com passport.com windowslive.com me.com mac.com proton.me protonmail.com protonmail.ch
    pm.me tuta.io tuta.com tutamail.com keemail.me fastmail.com fastmail.fm hushmail.com hey.com duck.com
    mailbox.org posteo.de posteo.net startmail.com runbox.com disroot.org riseup.net zoho.com zoho.eu
    zoho.in zohomail.com zohomail.eu mail.com email.com usa.com inbox.com lycos.com excite.com juno.com
    netzero.net netscape.net earthlink.net mindspring.com compuserve.com aim.com love.com games.com
    gmx-topmail.de web.de t-online.de freenet.de arcor.de online.de mail.de email.de vodafone.de
    vodafonemail.de kabelmail.de unitymedia.de 1und1.de magenta.de onlinehome.de ewe.net ewetel.net
    netcologne.de alice.de alice-dsl.net a1.net aon.at chello.at utanet.at inode.at bluewin.ch hispeed.ch
    sunrise.ch orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr bbox.fr numericable.fr
    club-internet.fr aliceadsl.fr cegetel.net noos.fr libero.it virgilio.it alice.it tin.it tiscali.it
    iol.it inwind.it fastwebnet.it email.it pec.it telefonica.net terra.es ono.com movistar.es sapo.pt
    clix.pt netcabo.pt iol.pt ziggo.nl kpnmail.nl kpnplanet.nl planet.nl hetnet.nl home.nl casema.nl
    chello.nl upcmail.nl xs4all.nl quicknet.nl telenet.be skynet.be proximus.be scarlet.be pandora.be
    voo.be btinternet.com btopenworld.com talktalk.net sky.com virginmedia.com ntlworld.com
    blueyonder.co.uk tiscali.co.uk plus.com plusnet.com talk21.com o2.co.uk eircom.net telia.com tele2.se
    comhem.se bredband.net spray.se online.no broadpark.no c2i.net jubii.dk stofanet.dk tdcadsl.dk
    kolumbus.fi elisanet.fi luukku.com saunalahti.fi wp.pl o2.pl interia.pl interia.eu onet.pl onet.eu
    op.pl poczta.onet.pl vp.pl tlen.pl gazeta.pl seznam.cz centrum.cz email.cz post.cz volny.cz atlas.cz
    azet.sk zoznam.sk centrum.sk freemail.hu citromail.hu t-online.hu abv.bg mail.bg ukr.net i.ua meta.ua
    bigmir.net mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru ya.ru comcast.net xfinity.com
    verizon.net att.net sbcglobal.net bellsouth.net ameritech.net pacbell.net swbell.net cox.net
    charter.net spectrum.net roadrunner.com rr.com twc.com optonline.net optimum.net frontier.com
    frontiernet.net windstream.net centurylink.net centurytel.net embarqmail.com q.com suddenlink.net
    mediacombb.net tds.net wowway.com rcn.com consolidated.net cableone.net sympatico.ca bell.net
    rogers.com shaw.ca telus.net videotron.ca cogeco.ca eastlink.ca bigpond.com bigpond.net.au
    optusnet.com.au iinet.net.au internode.on.net tpg.com.au ozemail.com.au westnet.com.au xtra.co.nz
    slingshot.co.nz orcon.net.nz paradise.net.nz qq.com foxmail.com 163.com 126.com 139.com 188.com 189.cn
    yeah.net sina.com sina.cn sohu.com tom.com aliyun.com 21cn.com naver.com daum.net hanmail.net nate.com
    docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp nifty.com biglobe.ne.jp so-net.ne.jp
    ocn.ne.jp excite.co.jp hinet.net pchome.com.tw seed.net.tw rediffmail.com rediff.com indiatimes.com
    sify.com singnet.com.sg starhub.net.sg uol.com.br bol.com.br terra.com.br ig.com.br globo.com
    globomail.com r7.com prodigy.net.mx fibertel.com.ar arnet.com.ar walla.co.il walla.com
    netvision.net.il bezeqint.net mweb.co.za telkomsa.net vodamail.co.za mailinator.com guerrillamail.com
    yopmail.com 10minutemail.com temp-mail.org trashmail.com sharklasers.com getnada.com
    """
)
# Sites whose pages belong to their users: no host under them is a company's own.
_SHARED = _listed(
    """
    facebook.com fb.com instagram.com linkedin.com twitter.com x.com tiktok.com youtube.com youtu.be
    pinterest.com yelp.com google.com goo.gl g.page linktr.ee about.me bit.ly wikipedia.org xing.com
    medium.com etsy.com ebay.com
    """
)
# Hosts that give each customer a name of its own: `contoso.wix.com` is a company's, `wix.com` is not.
_LANDLORDS = _listed(
    """
    wordpress.com wix.com weebly.com squarespace.com jimdo.com webflow.io sharepoint.com onmicrosoft.com
    business.site wixsite.com blogspot.com github.io gitlab.io myshopify.com jimdosite.com godaddysites.com
    """
)

# Letters of other scripts, and figures, that look like a Latin letter.
_LOOKS = {
    "a": "аαɑ", "b": "ьƅ", "c": "сϲ", "d": "ԁđ", "e": "еєε", "g": "ɡ", "h": "һ", "j": "ј", "k": "кκ",
    "l": "ӏ1łiıіι", "m": "м", "n": "ոпη", "o": "оο0օø", "p": "рρ", "q": "ԛ", "r": "г", "s": "ѕ5", "t": "тτ",
    "u": "υս", "v": "ѵν", "w": "ԝω", "x": "хχ", "y": "уγ", "z": "ᴢ",
}  # fmt: skip
_TWINS = str.maketrans({twin: letter for letter, twins in _LOOKS.items() for twin in twins})
_SHORTEST_NEAR = 5  # below it, one letter apart is chance: ibm and ibs


@dataclass(frozen=True)
class Domain:
    """A host name, `www.` taken off."""

    ascii: str  # lower case, punycode: the key for uniqueness
    shown: str  # as people read it, with the punycode beside it where the two differ
    registrable: str  # the part that somebody registered: "city.gov" of "police.city.gov"

    def __str__(self) -> str:
        return self.shown


def registered(text: str) -> Domain | None:
    """The domain in what was typed or pasted: an address with scheme, port and path, a bare host, an e-mail
    address.

    None where there is none: an IP address, a name inside a network (`server.local`), a bare suffix
    (`co.uk`), words.
    """
    host = _host(text)
    return _domain(host) if host else None


def problem(text: str) -> str | None:
    """A sentence that says why this cannot be a company's web address and what to do; None where it can."""
    typed = short(" ".join(text.split()), 60)
    if not typed:
        return f"A web address is missing. {_REMEDY}"
    domain = registered(text)
    if domain is None:
        return f"“{typed}” is not a web address. {_REMEDY}"
    if is_public_mail(domain.ascii):
        return f"{domain.shown} is a public mail domain, not a company's own. {_REMEDY}"
    if is_shared_site(domain.ascii):
        return f"{domain.shown} is a site that many share, not a company's own. {_REMEDY}"
    return None


def is_public_mail(domain: str) -> bool:
    """Whether strangers share this domain for their mail. Takes the ASCII form, a sub-domain too."""
    found = _domain(domain.lower().rstrip("."))
    if found is None:
        return False
    family = found.registrable.split(".")[0]
    return family in _MAIL_FAMILIES or found.registrable in _MAIL or found.ascii in _MAIL


def is_shared_site(domain: str) -> bool:
    """Whether this is a site that hosts the pages of many, so that it says nothing about whose page it is."""
    found = _domain(domain.lower().rstrip("."))
    return found is not None and (found.registrable in _SHARED or found.ascii in _LANDLORDS)


def looks_alike(a: Domain, b: Domain) -> bool:
    """Whether the eye may take one for the other: look-alike letters, or one letter more, less, other or
    swapped.

    Hosts under one registrable domain have one owner and are not reported.
    """
    if a.registrable == b.registrable:
        return False
    one, two = _skeleton(a.registrable), _skeleton(b.registrable)
    if one == two:
        return True
    is_long = min(len(name.split(".")[0]) for name in (one, two)) >= _SHORTEST_NEAR
    return is_long and OSA.distance(one, two, score_cutoff=1) <= 1


def _host(text: str) -> str | None:
    """The host part as typed, lower case; None where the text cannot hold one."""
    text = text.strip().strip("<>\"'“”„(),;")
    if not text or len(text) > _LONGEST:
        return None
    text = re.split(r"[/?#\\]", _SCHEME.sub("", text), maxsplit=1)[0]
    text = text.rpartition("@")[2]
    text = _PORT.sub("", text.strip())
    return text.lower() or None


@lru_cache(maxsize=50_000)  # a matching asks for the same domains again and again
def _domain(host: str) -> Domain | None:
    host = _ascii(host)
    host = host.removeprefix("www.") if host.count(".") > 1 else host
    labels = host.split(".")
    if len(labels) < 2 or labels[-1] in _INTERNAL or labels[-1].isdigit():
        return None
    registrable = _registrable(host, labels)
    return Domain(host, _shown(host), registrable) if registrable else None


def _registrable(host: str, labels: list[str]) -> str:
    found = _SUFFIXES(host)
    # A suffix newer than the list, or one for examples: by the list's own rule its last label is the suffix.
    owner = found.top_domain_under_public_suffix if found.suffix else ".".join(labels[-2:])
    if owner in _LANDLORDS:
        return ".".join(labels[-3:])
    # A firm that lets out names under its own has that name as a suffix, and is still somebody.
    return host if found.is_private and not owner else owner


def _ascii(host: str) -> str:
    """The punycode form; "" where the text is no host name."""
    host = re.sub(r"[。．｡]", ".", host).rstrip(".")
    try:
        return idna.encode(host, uts46=True).decode() if host else ""
    except (idna.IDNAError, UnicodeError):
        return ""


def _shown(host: str) -> str:
    if "xn--" not in host:
        return host
    try:
        return f"{idna.decode(host)} ({host})"
    except (idna.IDNAError, UnicodeError):
        return host


def _unicode(host: str) -> str:
    return _shown(host).split(" ")[0]


def _skeleton(host: str) -> str:
    """The host as the eye reads it at a glance."""
    plain = unicodedata.normalize("NFKD", _unicode(host))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).translate(_TWINS)
    return plain.replace("rn", "m").replace("vv", "w").replace("cl", "d")
