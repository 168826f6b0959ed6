"""One-time codes: the standard's own vectors, the seeds people really keep, and seeds that are none."""

import base64
from datetime import UTC, datetime

import pytest

from domain import otp
from domain.errors import TellPerson

KEYS = {"SHA1": b"12345678901234567890", "SHA256": b"12345678901234567890123456789012", "SHA512": (b"1234567890" * 7)[:64]}
# RFC 6238, appendix B: seconds since 1970, algorithm, code of eight digits
VECTORS = [
    (59, "SHA1", "94287082"), (59, "SHA256", "46119246"), (59, "SHA512", "90693936"),
    (1111111109, "SHA1", "07081804"), (1111111109, "SHA256", "68084774"), (1111111109, "SHA512", "25091201"),
    (1111111111, "SHA1", "14050471"), (1111111111, "SHA256", "67062674"), (1111111111, "SHA512", "99943326"),
    (1234567890, "SHA1", "89005924"), (1234567890, "SHA256", "91819424"), (1234567890, "SHA512", "93441116"),
    (2000000000, "SHA1", "69279037"), (2000000000, "SHA256", "90698825"), (2000000000, "SHA512", "38618901"),
    (20000000000, "SHA1", "65353130"), (20000000000, "SHA256", "77737706"), (20000000000, "SHA512", "47863826"),
]


@pytest.mark.parametrize(("seconds", "algorithm", "digits"), VECTORS)
def test_the_standard_s_vectors(seconds: int, algorithm: str, digits: str) -> None:
    letters = base64.b32encode(KEYS[algorithm]).decode()
    seed = f"otpauth://totp/ACME:mia?secret={letters}&digits=8&algorithm={algorithm}"
    found = otp.code(seed, datetime.fromtimestamp(seconds, UTC))
    assert found == otp.Code(digits, 30 - seconds % 30)


@pytest.mark.parametrize(
    "seed",
    ["JBSWY3DPEHPK3PXP", "jbsw y3dp ehpk 3pxp", "JBSW-Y3DP-EHPK-3PXP", " JBSWY3DPEHPK3PXP\n", "otpauth://totp/x?secret=jbswy3dpehpk3pxp"],
)
def test_spellings_of_one_seed_give_one_code(seed: str) -> None:
    now = datetime.fromtimestamp(1_700_000_000, UTC)
    assert otp.code(seed, now) == otp.code("JBSWY3DPEHPK3PXP", now)
    assert len(otp.code(seed, now).digits) == 6


@pytest.mark.parametrize(
    "seed",
    [
        "", " ", "canary0189!", "otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP&counter=1", "otpauth://totp/x",
        "otpauth://totp/x?secret=", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=0", "steam://ABCDEF",
        "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&digits=99", "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&algorithm=MD5",
        "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP&period=soon", "ÄÖÜ" * 6, "otpauth://[/x?secret=JBSWY3DPEHPK3PXP",
    ],
)
def test_what_is_no_seed_is_said_and_never_quoted(seed: str) -> None:
    assert not otp.is_readable(seed)
    with pytest.raises(TellPerson) as told:
        otp.check(seed)
    assert told.value.field == "otp_seed"
    assert told.value.__cause__ is None
    assert not seed.strip() or seed not in told.value.said
    assert otp.address(seed, "x") == seed


def test_a_bare_seed_becomes_an_address_with_the_same_code() -> None:
    now = datetime.fromtimestamp(1_700_000_000, UTC)
    made = otp.address("jbsw y3dp ehpk 3pxp", "Fire: wall/ö")
    assert made.startswith("otpauth://totp/")
    assert otp.code(made, now) == otp.code("JBSWY3DPEHPK3PXP", now)
    assert otp.address(made, "other") == made
