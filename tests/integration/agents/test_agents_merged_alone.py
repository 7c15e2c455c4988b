"""Mail that came since an agent's merge and refers to nothing that is known goes where it would have come without the merge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.two_matters import FIRST, ONE, OTHER, Matters, differences, last_sent, reason, reports, send_all
from threads.model import Kind, Status
from threads.policy import AcknowledgeLimits, Policy

QUOTED = "Am Montag schrieb Anna Beispiel:\n> {}\n"
LONG = (
    (
        "Unsere Rechnung vom vergangenen Monat nennt drei Anschlüsse, obwohl wir nur zwei davon bestellt haben, und der dritte "
        "gehört seit dem Frühjahr dem Nachbarn im Erdgeschoss, der ihn selbst bezahlt und auch schon eine eigene Nummer hat. "
        "Schicken Sie uns deshalb bitte eine neue, auf der nur die beiden stehen, die wir tatsächlich jeden Tag verwenden."
    ),
    (
        "Bitte sagen Sie uns, wann der Umzug unserer Leitung in die neuen Räume am Hafen endlich beginnen kann, denn die Möbel "
        "kommen schon in der übernächsten Woche, und ohne Telefon erreicht uns dort keiner der Lieferanten aus Übersee. "
        "Der Hausmeister öffnet den Keller jeden Morgen um sieben und weiß, wo im Flur die alten Kabel verlegt worden sind."
    ),
)


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """Nothing goes out by itself, so that all is the same however often it is tried."""
    return replace(policy, acknowledge=AcknowledgeLimits(enabled=False))


def by_subject(two: Matters, name: str, which: int) -> None:
    two.comes(name, f"Re: {FIRST[which][0]}", "Noch etwas dazu.")


def by_quotation(two: Matters, name: str, which: int) -> None:
    two.comes(name, "Nachtrag", f"Noch etwas dazu.\n\n{QUOTED.format(LONG[which])}")


def by_ghost(two: Matters, name: str, which: int) -> None:
    two.comes(name, "Weiter", "Noch etwas dazu.", f"unseen{which}")


@pytest.fixture
def two(matters: Callable[[], Matters]) -> Matters:
    """Two matters, in each a mail that is quoted later, and one that names a mail which never came."""
    made = matters()
    for which, name in enumerate(("one", "other")):
        made.comes(f"long{which}", "Genauer", LONG[which], name)
        made.comes(f"lost{which}", "Noch einmal", "Haben Sie das bekommen?", name, f"unseen{which}")
    return made


@pytest.mark.parametrize("which", [ONE, OTHER])
@pytest.mark.parametrize("comes", [by_subject, by_quotation, by_ghost])
def test_what_its_subject_a_quotation_or_an_unseen_mail_led_there_goes_to_the_half_that_it_meant(
    two: Matters, desk: Any, comes: Callable[[Matters, str, int], None], which: int
) -> None:
    desk.merge(two.handles[OTHER], two.handles[ONE])
    comes(two, "later", which)
    two.comes("reply", "Weiter", "Und?", "later")
    assert two.place("later") == two.handles[ONE]

    desk.undo()

    assert [two.place(each) for each in ("later", "reply")] == [two.handles[which]] * 2
    if which == OTHER:
        signal, because = reason(two, "later")
        assert signal == "undo"
        assert because.endswith(
            f", and lena took back that lena had merged {two.handles[OTHER]} into {two.handles[ONE]}"
        )
        [says] = [each["says"] for each in desk.why(two.code("later")) if each["about"] == "message"]
        assert says.startswith("It stands here, because ")
        assert says.endswith(f"{because[-40:]}.")
    assert differences(desk) == ()
    two.comes("further", "Weiter", "Und dann?", "later")
    assert two.place("further") == two.handles[which]


def test_what_an_agent_put_there_since_stays_where_they_put_it(two: Matters, desk: Any) -> None:
    desk.acting_as("ben").merge(two.handles[OTHER], two.handles[ONE])
    third = two.comes("third", "Umzug", "Wann?").handle
    by_subject(two, "later", OTHER)
    desk.move(two.code("later"), third)
    desk.move(two.code("later"), two.handles[ONE])

    desk.acting_as("ben").undo(two.handles[OTHER])

    assert two.place("later") == two.handles[ONE]


def test_what_answers_a_mail_that_an_agent_had_moved_before_goes_with_that(two: Matters, desk: Any) -> None:
    third = two.comes("third", "Anderes", "Ganz etwas anderes.").handle
    desk.move(two.code("third"), two.handles[OTHER])
    desk.merge(two.handles[OTHER], two.handles[ONE])
    two.comes("later", "Weiter", "Und?", "third")
    assert reason(two, "later")[0] == "agent"

    desk.undo()

    assert third != two.handles[OTHER]
    assert (two.place("third"), two.place("later")) == (two.handles[OTHER],) * 2


def test_of_how_many_mails_came_since_each_is_ranked(two: Matters, desk: Any) -> None:
    desk.merge(two.handles[OTHER], two.handles[ONE])
    two.comes("urgent", "Weiter", "Unser Server ist ausgefallen, nichts geht mehr!", "other")
    for number in range(51):
        two.comes(f"later{number}", "Weiter", f"Nachtrag {number}.", "one")

    desk.undo()

    assert (two.row(ONE).priority, two.row(OTHER).priority) == ("normal", "critical")


def test_what_was_answered_is_drawn_nowhere_though_a_merge_was_taken_back_since(two: Matters, desk: Any) -> None:
    desk.reply(two.handles[OTHER], "Welche?")
    desk.merge(two.handles[OTHER], two.handles[ONE])
    two.comes("loose", f"Re: {FIRST[ONE][0]}", "Wie gesagt.", "late")
    desk.reply(two.handles[ONE], "Wird erledigt.")
    desk.undo(two.handles[OTHER])

    two.comes("late", "Ganz anders", "Etwas Neues.")

    assert [two.place(each) for each in ("loose", "late")] == [two.handles[ONE]] * 2


WAYS = st.sampled_from([by_subject, by_quotation, by_ghost])


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    story=st.lists(st.tuples(WAYS, st.sampled_from([ONE, OTHER])), min_size=1, max_size=4),
    back=st.sampled_from([ONE, OTHER]),
)
def test_each_half_is_as_if_it_had_never_been_merged_whatever_led_there(
    matters: Callable[[], Matters], clock: Any, story: list[tuple[Any, int]], back: int
) -> None:
    start = clock.forward(days=7)
    states = []
    for merged in (True, False):
        clock.set(start)
        made = matters()
        for which, name in enumerate(("one", "other")):
            made.comes(f"long{which}", "Genauer", LONG[which], name)
            made.comes(f"lost{which}", "Noch einmal", "Haben Sie das bekommen?", name, f"unseen{which}")
        if merged:
            made.desk.merge(made.handles[1 - back], made.handles[back])
        for number, (comes, which) in enumerate(story):
            comes(made, f"later{number}", which)
        if merged:
            made.desk.undo()
        states.append({name: made.state()[name]["mails"] for name in ("one", "other")})
        assert [made.place(f"later{number}") for number in range(len(story))] == [
            made.handles[which] for _, which in story
        ]
    assert states[0] == states[1]


@pytest.mark.parametrize("names", [True, False], ids=["by its ID", "by whom it went to"])
@pytest.mark.parametrize("which", [ONE, OTHER])
def test_an_answer_that_came_back_opens_the_half_in_which_it_stands(
    two: Matters, desk: Any, clock: Any, which: int, names: bool
) -> None:
    desk.merge(two.handles[OTHER], two.handles[ONE])
    for half in (which, 1 - which):
        two.comes(f"later{half}", "Weiter", "Und?", ("one", "other")[half])
        clock.forward(minutes=1)
        desk.reply(two.handles[ONE], "Anbei.")
        if half == which:
            ours = last_sent(desk)
            send_all(desk, clock.forward(minutes=1))
            report = reports(two.author, ours["message_id"] if names else "")
            two.came["report"] = two.arrives(report, kind=Kind.BOUNCE)
    send_all(desk, clock.forward(minutes=1))

    desk.undo(two.handles[OTHER])

    assert two.place("report") == two.handles[which]
    came_back, other = two.row(which), two.row(1 - which)
    assert (came_back.status, came_back.undelivered_at) == (Status.OPEN, two.received_at("report"))
    assert came_back.waiting_since == came_back.due_at == two.received_at("report")
    assert (other.status, other.undelivered_at) == (Status.WAITING, None)
