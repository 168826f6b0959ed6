"""People by typed addresses and pasted CSV: previewed, approved, run, invited and undone as from a source."""

import pytest

from domain.errors import NotAllowed, TellPerson
from domain.plan import BY_HAND, Plan, PlanState
from domain.roles import Role
from flows import by_hand, imports, overview, undo
from flows.desk import Desk
from tests.flows.bench import Bench


@pytest.fixture
def contoso(both: Bench) -> Bench:
    both.company("Contoso", "contoso.com")
    return both


def preview(bench: Bench, text: str, csv: bool = False, desk: Desk | None = None) -> Plan:
    plan = by_hand.propose(bench.context, desk or bench.admin, "Contoso", text, csv)
    imports.posted(bench.context, plan.id, "C1", "1.1")
    bench.workshop.run()
    return bench.plan(plan.id)


def test_typed_addresses_are_imported_and_invited(contoso: Bench) -> None:
    plan = preview(contoso, "ann@contoso.com\nMia Huber <Mia@Contoso.com>, Doe, Jane <jane@eu.contoso.com>; bob@contoso.com")
    assert (plan.connection_id, plan.source_title, plan.counts.new) == (BY_HAND, "Typed addresses", 4)
    done = contoso.approve(plan)
    assert done.state is PlanState.DONE
    assert {line.person.email: line.person.name for line in contoso.people().values()} == {
        "ann@contoso.com": "ann@contoso.com",
        "Mia@Contoso.com": "Mia Huber",
        "jane@eu.contoso.com": "Jane Doe",
        "bob@contoso.com": "bob@contoso.com",
    }
    assert len(contoso.post.sent) == 4


def test_another_case_is_the_same_person_and_who_is_here_is_not_invited_again(contoso: Bench) -> None:
    contoso.approve(preview(contoso, "ann@contoso.com"))
    plan = preview(contoso, "ANN@contoso.com\nbob@contoso.com\nBob Best <BOB@Contoso.com>")
    assert (plan.counts.new, plan.counts.unchanged) == (1, 2)
    contoso.approve(plan)
    assert len(contoso.people()) == 2
    assert [mail.to for mail in contoso.post.sent].count("ann@contoso.com") == 1


def test_a_foreign_domain_alone_can_be_picked_too(contoso: Bench) -> None:
    """The preview stays open for that, and waits for nobody's decision meanwhile."""
    plan = preview(contoso, "eve@elsewhere.example")
    assert (plan.state, plan.counts.pickable, plan.is_to_decide) == (PlanState.PROPOSED, 1, False)
    assert imports.waiting(contoso.context, contoso.admin) == ()
    assert overview.facts(contoso.context, contoso.admin).waiting == ()
    narrow = imports.choose(contoso.context, contoso.admin, plan.id, ["0"])
    contoso.workshop.run()
    assert contoso.approve(contoso.plan(narrow.id)).state is PlanState.DONE
    assert set(contoso.people()) == {"eve@elsewhere.example"}


def test_a_foreign_domain_is_held_until_somebody_picks_it(contoso: Bench) -> None:
    plan = preview(contoso, "ann@contoso.com\neve@elsewhere.example\nno-address\nmallory@notcontoso.com")
    reasons = contoso.reasons(plan)
    assert reasons["eve@elsewhere.example"] == (
        "held", "Line 2: eve@elsewhere.example is not an address of contoso.com. Pick it under Only some… if it belongs here.",
    )
    assert reasons["no-address"][1].startswith("Line 3: “no-address” has no @")
    assert reasons["mallory@notcontoso.com"][0] == "held"
    narrow = imports.choose(contoso.context, contoso.admin, plan.id, ["1"])
    contoso.workshop.run()
    assert contoso.approve(contoso.plan(narrow.id)).state is PlanState.DONE
    assert set(contoso.people()) == {"eve@elsewhere.example"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_has_a_header_and_any_usual_delimiter(contoso: Bench, delimiter: str) -> None:
    lines = ["E-Mail,First Name,Last name,Job Title,Company", "ann@contoso.com,Ann,Example,CEO,contoso", "eve@contoso.com,Eve,Foreign,,Fabrikam",
             "too,many,fields,in,this,line", "", "bob@contoso.com,Bob,Builder,,"]
    plan = preview(contoso, "\ufeff" + "\r\n".join(lines).replace(",", delimiter), csv=True)
    reasons = contoso.reasons(plan)
    assert reasons["Ann Example"][0] == reasons["Bob Builder"][0] == "new"
    assert reasons["Eve Foreign"] == ("held", "Line 3 is for “Fabrikam”, and this is Contoso.")
    assert reasons["line 4"] == ("held", "Line 4 has 6 fields, where the header has 5.")
    contoso.approve(plan)
    assert contoso.people()["ann@contoso.com"].person.title == "CEO"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('"Doe, Jane" <jane@contoso.com>', {"jane@contoso.com": ("Jane", "Doe")}),
        ("“Doe, Jane” <jane@contoso.com>", {"jane@contoso.com": ("Jane", "Doe")}),
        ('"Doe, Jane" <jane@contoso.com>; Doe, Jack <jack@contoso.com>; bob@contoso.com', {
            "jane@contoso.com": ("Jane", "Doe"), "jack@contoso.com": ("Jack", "Doe"), "bob@contoso.com": ("", ""),
        }),
        ('"Doe, Jane" <jane@contoso.com>\n"Roe; Rick" <rick@contoso.com>, Mia Huber <mia@contoso.com>', {
            "jane@contoso.com": ("Jane", "Doe"), "rick@contoso.com": ("Roe;", "Rick"), "mia@contoso.com": ("Mia", "Huber"),
        }),
        ("'ann@contoso.com' <ann@contoso.com>", {"ann@contoso.com": ("", "")}),
        ('"Ann \\"AJ\\" Example" <ann@contoso.com>', {"ann@contoso.com": ("Ann", '"AJ" Example')}),
        ("Doe, Jane Maria <jane@contoso.com>", {"jane@contoso.com": ("Jane Maria", "Doe")}),
    ],
)  # fmt: skip
def test_names_are_read_as_mail_programs_copy_them(quick: Bench, text: str, names: dict[str, tuple[str, str]]) -> None:
    quick.company("Contoso", "contoso.com")
    quick.approve(preview(quick, text))
    assert full(quick) == names


def full(bench: Bench) -> dict[str, tuple[str, str]]:
    return {email: (line.person.first_name, line.person.last_name) for email, line in bench.people().items()}


def test_what_cannot_be_told_apart_holds_its_line(quick: Bench) -> None:
    quick.company("Contoso", "contoso.com")
    plan = preview(quick, '"Doe, Jane <jane@contoso.com>\nbob@contoso.com\nann, eve@contoso.com, Mia <mia@contoso.com>')
    assert plan.counts.new == 3
    [several] = [why for _, why in quick.reasons(preview(quick, "Eve <eve@contoso.com> Mia <mia@contoso.com>")).values()]
    assert "holds several addresses" in several
    assert {why for action, why in quick.reasons(plan).values() if action == "held"} == {
        "Line 1: a quotation mark is not closed. Close it, or take it out.", "Line 3: “ann” stands there without an address.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("email,name\nann@contoso.com,Ann Best Example", "Ann", "Best Example"),
        ('E-Mail Address,Full Name\nann@contoso.com,"Example, Ann"', "Ann", "Example"),
        ("mail,Display name\nann@contoso.com,Ann", "Ann", ""),
        ("email,first name,name\nann@contoso.com,Ann,Example", "Ann", "Example"),
        ("email,first name,name\nann@contoso.com,Ann,Ann Example", "Ann", "Example"),
        ("email,name,surname\nann@contoso.com,Ann,Example", "Ann", "Example"),
        ("email,name,surname\nann@contoso.com,Ann Example,Example", "Ann", "Example"),
        ("email,first name,last name,name\nann@contoso.com,Ann,Example,", "Ann", "Example"),
        ("email,first name,last name,name\nann@contoso.com,Ann,Example,Ann Example", "Ann", "Example"),
        ("email,first name,last name,name\nann@contoso.com,,,Ann Example", "Ann", "Example"),
        ("user principal name,given_name,family_name\nann@contoso.com,Ann,Example", "Ann", "Example"),
        ("email\nAnn Example <ann@contoso.com>", "Ann", "Example"),
    ],
)
def test_a_column_of_whole_names_and_the_usual_titles_are_understood(quick: Bench, text: str, first: str, last: str) -> None:
    quick.company("Contoso", "contoso.com")
    plan = preview(quick, text, csv=True)
    assert plan.note == ""
    quick.approve(plan)
    assert full(quick) == {"ann@contoso.com": (first, last)}


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("email,phone,department\nann@contoso.com,1,Sales", "These columns are not used: phone, department."),
        ("email,phone,department,\nann@contoso.com,,Sales,\nbob@contoso.com,,,x", "These columns are not used: department, column 4."),
        ("email,first name,last name,full name\nann@contoso.com,A,B,C D", "These columns are not used: full name."),
        ("email,username\nann@contoso.com,ann", "These columns are not used: username."),
    ],
)
def test_columns_that_are_not_used_are_named_in_the_preview(quick: Bench, text: str, note: str) -> None:
    """What is empty all the way down is not lost, and not named."""
    quick.company("Contoso", "contoso.com")
    plan = preview(quick, text, csv=True)
    assert (plan.state, plan.note) == (PlanState.PROPOSED, note)


def test_unused_columns_are_named_where_there_is_nothing_to_do_too(quick: Bench) -> None:
    quick.company("Contoso", "contoso.com")
    quick.approve(preview(quick, "ann@contoso.com"))
    plan = preview(quick, "email,phone\nann@contoso.com,1", csv=True)
    assert (plan.state, plan.note) == (PlanState.DONE, "Nothing to do: everything is up to date. These columns are not used: phone.")


def test_a_hundred_columns_are_not_all_named(quick: Bench) -> None:
    quick.company("Contoso", "contoso.com")
    titles = ",".join(["email", *(f"Field {number} {'x' * 100}" for number in range(100))])
    plan = preview(quick, f"{titles}\nann@contoso.com{',y' * 100}", csv=True)
    assert plan.note.endswith(" and 88 more.")
    assert len(plan.note) < 800


def test_a_csv_with_an_open_quote_names_the_line(quick: Bench) -> None:
    quick.company("Contoso", "contoso.com")
    plan = preview(quick, 'email,first name\nann@contoso.com,Ann\n"bob@contoso.com,Bob', csv=True)
    assert plan.counts.new == 1
    assert any(why.startswith("Line 3: ") and "not read" in why for _, why in quick.reasons(plan).values())


@pytest.mark.parametrize(
    ("text", "csv", "said"),
    [
        ("", False, "Nobody stands there"),
        ("email,first name\n", True, "Nobody stands there"),
        ("name,phone\nAnn,1", True, "email"),
        ("email,company,company\nann@contoso.com,Contoso,Fabrikam", True, "“company” and “company” mean the same"),
        ("email,email\nann@contoso.com,bob@contoso.com", True, "“email” and “email” mean the same"),
        ("email,Company,Organization\nann@contoso.com,a,b", True, r"“Company” and “Organization” mean the same \(company\)"),
        ("email,surname,last name\nann@contoso.com,a,b", True, r"mean the same \(last name\), and only one can be used"),
        ("upn,username,name\nann@contoso.com,a,b", True, "“upn” and “username” mean the same"),
        ('email,"name\nann@contoso.com,a', True, "The first line cannot be read"),
        ("\n".join(f"p{number}@contoso.com" for number in range(501)), False, "Split"),
    ],
)
def test_what_cannot_be_taken_is_said_at_the_field(quick: Bench, text: str, csv: bool, said: str) -> None:
    quick.company("Contoso", "contoso.com")
    with pytest.raises(TellPerson, match=said) as raised:
        by_hand.propose(quick.context, quick.admin, "Contoso", text, csv)
    assert raised.value.field == "rows"


def test_five_hundred_fit(quick: Bench) -> None:
    quick.company("Contoso", "contoso.com")
    assert preview(quick, "\n".join(f"p{number}@contoso.com" for number in range(500))).counts.new == 500


def test_who_may_not_import_or_is_in_another_companys_channel_is_refused(quick: Bench) -> None:
    quick.company("Contoso", "contoso.com")
    other = quick.company("Fabrikam", "fabrikam.com")
    for desk in (quick.desk(Role.VIEWER), quick.desk(bound=other)):
        with pytest.raises(NotAllowed):
            by_hand.propose(quick.context, desk, "Contoso", "ann@contoso.com", False)


def test_a_run_by_hand_can_be_undone(contoso: Bench) -> None:
    run = contoso.approve(preview(contoso, "ann@contoso.com"))
    plan = undo.propose(contoso.context, contoso.admin, run.id)
    assert contoso.approve(plan).counts.new == 1
    assert contoso.people() == {}
