"""When somebody wishes to be called, in their words: "morgen zwischen 14 und 16 Uhr", "any time after 3pm on Thursday".

Days, dates and clocks are read as `brief snooze` reads them (`threads.life.until`); here words stand around them, and what is
named is a window. An hour from one to six without more is one of the afternoon: nobody is called at night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from threads.callbacks.clocks import MAY_FOLLOW, PARTS, by_day, edge_of, ends_there, in_order, named_clock, next_year
from threads.life.until import TOKEN, clock_at, day_at, for_at
from threads.words import fold

MOST = 120
"""Tokens that are looked at in a clause."""
FURTHEST = timedelta(days=366)
AT_A_MOMENT_FOR = timedelta(minutes=30)
"""How long the window is of who names a moment: "gegen 10 Uhr"."""
_SOON_FOR = timedelta(hours=1)
_DAY = timedelta(days=1)
_PAST = frozenset(
    [
        "seit",
        "since",
        "gestern",
        "yesterday",
        "vorgestern",
        "letzten",
        "letzte",
        "letzter",
        "last",
        "vergangenen",
        "vom",
    ]
)
_FROM = frozenset(["ab", "nach", "from", "after", "past", "fruehestens", "later"])
_TO = frozenset(["bis", "vor", "until", "till", "before", "by", "spaetestens"])
_AT = frozenset(["um", "gegen", "at", "around", "about", "ca", "circa", "so"])
_BETWEEN = frozenset(["zwischen", "between"])
_JOINS = frozenset(["und", "and", "bis", "to", "until", "till", "-", "–", "—"])
_FILLING = frozenset(["der", "den", "die", "the", "next", "naechsten", "naechste", "kommenden", "of", "von", "an"])
_WEEK = frozenset(["woche", "week"])
_OF_WEEK = {"anfang": (0, 2), "mitte": (1, 4), "ende": (3, 5)}
_THIS = frozenset(["diese", "dieser", "this", "laufenden"])
_GREETINGS = frozenset(["guten", "good", "schoenen"])
_DAYS = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")

_FEASTS = {
    "heiligabend": (12, 24), "weihnachtsabend": (12, 24), "christmas eve": (12, 24),
    "silvester": (12, 31), "neujahr": (1, 1), "nikolaus": (12, 6),
}  # fmt: skip
_NEVER = frozenset(["nicht", "not", "keinesfalls", "never"])
_EACH_WEEK = frozenset(f"{each}s" for each in (*_DAYS, "monday", "tuesday", "wednesday", "thursday", "friday"))
_ALSO_WORDS = frozenset(["so", "do", "mi", "fr", "mo", "di", "sa", "sun", "sat"])
"""Short names of days that stand for something else where nothing shows that they are meant."""

Span = tuple[datetime, datetime]
"""From when until when, in UTC."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was read of a wished time."""

    days: tuple[date, ...] = ()
    """Days of which any will do; none where none is named."""
    since: time | None = None
    until: time | None = None
    span: Span | None = None
    """"in einer Stunde": counted from when it was written."""

    @property
    def is_empty(self) -> bool:
        """Whether no time is named."""
        return self == Said()


def said_in(text: str, written_at: datetime, zone: tzinfo) -> Said:
    """The time that a clause names; an empty one where it names none."""
    return _Reading(TOKEN.findall(fold(text))[:MOST], written_at.astimezone(zone)).read()


def spans_of(said: Said, written_at: datetime, zone: tzinfo) -> tuple[Span, ...]:
    """The windows that are wished, the earliest first, without what was over when it was written."""
    written_at = written_at.astimezone(UTC)
    if said.span is not None:
        return (said.span,)
    if said.is_empty:
        return ()
    today = written_at.astimezone(zone).date()
    days = said.days or (today, today + _DAY)
    spans = [_span(day, said, zone) for day in days]
    there = [(max(since, written_at), until) for since, until in spans if until > written_at]
    return tuple(each for each in there if each[0] - written_at <= FURTHEST)


def _span(day: date, said: Said, zone: tzinfo) -> Span:
    """A window on a day, through UTC: what summer time leaves out becomes the hour after it."""
    since = datetime.combine(day, said.since or time(), zone).astimezone(UTC)
    if said.until is None:
        return since, datetime.combine(day + _DAY, time(), zone).astimezone(UTC)
    until = datetime.combine(day, said.until, zone).astimezone(UTC)
    return since, max(until, since)


@dataclass
class _Reading:
    """A clause as it is read, from its first token to its last."""

    tokens: Sequence[str]
    written: datetime
    days: tuple[date, ...] = ()
    week: date | None = None
    """The Monday of a week that was named."""
    whole_week: bool = False
    """No day of it was named yet."""
    since: time | None = None
    until: time | None = None
    part: tuple[time, time] | None = None
    span: Span | None = None
    _past_until: int = field(default=-1)

    def read(self) -> Said:
        at = 0
        while at < len(self.tokens):
            at += self._step(at)
        if self.span is not None and not (self.days or self.since or self.until):
            return Said(span=self.span)
        since, until = self._clocks()
        return Said(self.days, since, until)

    def _clocks(self) -> tuple[time | None, time | None]:
        """The clocks, which a part of the day puts right: "um 7 abends", "vormittags ab 9"."""
        if self.part is None:
            return self.since, self.until
        begins, ends = self.part
        since, until = (self._of_part(each) for each in (self.since, self.until))
        if since is None and until is None:
            return begins, ends
        if since is not None and until is None and begins <= since < ends:
            return since, ends
        if until is not None and since is None and begins < until:
            return begins, until
        return since, until

    def _of_part(self, clock: time | None) -> time | None:
        if clock is None or self.part is None or clock.hour >= 12 or self.part[0] < time(12, 30):
            return clock
        return clock.replace(hour=clock.hour + 12)

    def _step(self, at: int) -> int:
        """How many tokens were taken."""
        word = self.tokens[at]
        if word in _PAST or (word in ("vor", "for") and self._counts(at + 1)):
            self._past_until = at + 4
            return 1
        if at <= self._past_until and (word.isdigit() or word in _DAYS):
            return 1
        for reader in (
            self._soon,
            self._week,
            self._feast,
            self._joined_day,
            self._day,
            self._range,
            self._edge,
            self._moment,
            self._daypart,
        ):
            taken = reader(at)
            if taken:
                return taken
        return 1

    def _counts(self, at: int) -> bool:
        return for_at(list(self.tokens[at : at + 3]), self.written.date()) is not None

    def _soon(self, at: int) -> int:
        """ "in 2 Stunden", "in half an hour", "in der nächsten Stunde", "within the next 2 hours"."""
        word, rest = self.tokens[at], list(self.tokens[at + 1 : at + 6])
        if word not in ("in", "innerhalb", "within"):
            return 0
        if rest[:3] in (["half", "an", "hour"], ["einer", "halben", "stunde"]):
            return self._from_now(timedelta(minutes=30), _SOON_FOR, 4)
        skipped = next((n for n, each in enumerate(rest) if each not in _FILLING), len(rest))
        found = for_at(rest[skipped:], self.written.date()) or (
            for_at(["1", *rest[skipped:]], self.written.date()) if skipped else None
        )
        if found is None:
            return 0
        wait, taken = found
        if wait < _DAY and (skipped or word != "in"):
            return self._from_now(timedelta(), wait, 1 + skipped + taken)
        if wait < _DAY:
            return self._from_now(wait, _SOON_FOR, 1 + taken)
        if wait > FURTHEST or self.days:
            return 0
        day = self.written.date() + wait
        self.days = (
            (day,) if not skipped else tuple(self.written.date() + n * _DAY for n in range(min(wait.days, 7) + 1))
        )
        return 1 + skipped + taken

    def _from_now(self, wait: timedelta, long: timedelta, taken: int) -> int:
        begins = self.written.astimezone(UTC) + wait
        self.span = self.span or (begins, begins + long)
        return taken

    def _week(self, at: int) -> int:
        """ "diese Woche", "Anfang nächster Woche", "the end of the week", "am Wochenende"."""
        monday = self.written.date() - timedelta(days=self.written.weekday())
        word, then = self.tokens[at], self.tokens[at + 1] if at + 1 < len(self.tokens) else ""
        if word in ("wochenende", "weekend"):
            return self._days_are((monday + 5 * _DAY, monday + 6 * _DAY), 1)
        if then not in _WEEK:
            return 0
        if word in _THIS:
            return self._week_is(monday, range(self.written.weekday(), 7))
        if word.startswith(("naechste", "kommende")) or word in ("next", "coming"):
            before = self.tokens[at - 1] if at else ""
            return self._week_is(monday + 7 * _DAY, range(*_OF_WEEK.get(before, (0, 5))))
        return 0

    def _week_is(self, monday: date, numbers: range) -> int:
        """Take some days of a week; where weekdays were named before it, these."""
        self.week, self.whole_week = monday, not self.days
        named = sorted({each.weekday() for each in self.days})
        self.days = ()
        return self._days_are(tuple(monday + n * _DAY for n in named or numbers), 2)

    def _feast(self, at: int) -> int:
        """ "Heiligabend", "an Silvester", "on Christmas Eve": the next one."""
        word, then = self.tokens[at], self.tokens[at + 1 : at + 2]
        found = _FEASTS.get(word) or _FEASTS.get(" ".join([word, *then]))
        if found is None:
            return 0
        month, number = found
        today = self.written.date()
        day = date(today.year, month, number)
        return self._days_are((day if day >= today else day.replace(year=today.year + 1),), 1 if word in _FEASTS else 2)

    def _joined_day(self, at: int) -> int:
        """ "Montagvormittag", "dienstagabends"."""
        word = self.tokens[at]
        day = next((each for each in _DAYS if word.startswith(each) and word[len(each) :] in PARTS), "")
        if not day:
            return 0
        self.part = self.part or PARTS[word[len(day) :]]
        self._day_of([day])
        return 1

    def _day(self, at: int) -> int:
        if self.tokens[at] == "morgen" and (self.days or (at and self.tokens[at - 1] in ("am", *_GREETINGS))):
            return 0
        return self._day_of(list(self.tokens[at : at + 6]))

    def _day_of(self, tokens: list[str]) -> int:
        """Take the day that some tokens begin with; within a week that was named, or a further one that will do, too."""
        if tokens[0] in _ALSO_WORDS and tokens[1:2] and tokens[1] not in (".", "um", "ab", "-", "zwischen", "nach"):
            return 0
        if tokens[0] in _EACH_WEEK:
            tokens = [tokens[0].removesuffix("s"), *tokens[1:]]
        found = day_at(tokens, self.written.date())
        if found is None or found[0].day is None:
            return 0
        wish, taken = found
        day, today = wish.day, self.written.date()
        assert day is not None  # noqa: S101 - asked above
        if wish.yearly and day < today:
            day = next_year(day)
        if wish.near and day is not None and self.week is not None:
            self.days, self.whole_week = () if self.whole_week else self.days, False
            day = self.week + timedelta(days=day.weekday())
        if day is None or day < today or day - today > FURTHEST:
            return taken
        both = (day, day + 7 * _DAY) if wish.near and day == today else (day,)
        return self._days_are(both, taken)

    def _days_are(self, days: tuple[date, ...], taken: int) -> int:
        self.days = tuple(sorted({*self.days, *days}))[:14]
        return taken

    def _range(self, at: int) -> int:
        """ "zwischen 14 und 16 Uhr", "von 9 bis 11", "10-12 Uhr", "from 2 to 4pm"."""
        opened = self.tokens[at] in _BETWEEN or self.tokens[at] in ("von", "from")
        first = at + 1 if opened else at
        begins = self._clock(first, mere=True)
        if begins is None or first + begins[1] >= len(self.tokens) or self.tokens[first + begins[1]] not in _JOINS:
            return 0
        second = first + begins[1] + 1
        ends = self._clock(second, mere=True)
        if ends is None or not (opened or self._is_marked(first, begins[1]) or self._is_marked(second, ends[1])):
            return 0
        if self.since is None and self.until is None:
            self.since, self.until = in_order(begins[0], ends[0], at_night=self._at_night(second, ends[1]))
        return second + ends[1] - at

    def _edge(self, at: int) -> int:
        """ "ab 14 Uhr", "nach 3", "nicht vor 10", "bis 12", "by noon"."""
        word = self.tokens[at]
        if word not in _FROM and word not in _TO:
            return 0
        skip = 2 if self.tokens[at + 1 : at + 2] and self.tokens[at + 1] in (*_AT, "spaetestens", "the") else 1
        not_before = word in ("vor", "before") and not _NEVER.isdisjoint(self.tokens[max(0, at - 3) : at])
        begins = word in _FROM or not_before
        part = PARTS.get(self.tokens[at + skip]) if at + skip < len(self.tokens) else None
        if part is not None:
            self._edge_is(edge_of(part, word, begins=begins), begins=begins)
            return skip + 1
        found = self._clock(at + skip, mere=True)
        if found is None:
            return 0
        self._edge_is(by_day(found[0], at_night=self._at_night(at + skip, found[1])), begins=begins)
        return skip + found[1]

    def _edge_is(self, clock: time, *, begins: bool) -> None:
        if begins:
            self.since = self.since or clock
        else:
            self.until = self.until or clock

    def _moment(self, at: int) -> int:
        """ "um 10 Uhr", "gegen halb drei", "at 3pm", "10:30"."""
        skip = 1 if self.tokens[at] in _AT else 0
        found = self._clock(at + skip, mere=bool(skip))
        if found is None or not (skip or self._is_marked(at, found[1])):
            return 0
        if self.since is None and self.until is None:
            self.since = by_day(found[0], at_night=self._at_night(at + skip, found[1]))
            later = datetime.combine(date.min, self.since) + AT_A_MOMENT_FOR
            self.until = later.time() if later.date() == date.min else None
        return skip + found[1]

    def _daypart(self, at: int) -> int:
        word = self.tokens[at]
        part = PARTS.get(word)
        if word == "morgen" and at and (self.days or self.tokens[at - 1] == "am"):
            part = PARTS["morgens"]
        if part is None or (at and self.tokens[at - 1] in _GREETINGS):
            return 0
        self.part = self.part or part
        if word == "tonight" and not self.days:
            self.days = (self.written.date(),)
        return 1

    def _clock(self, at: int, *, mere: bool) -> tuple[time, int] | None:
        """The time of day from a token on; a mere hour only where nothing stands behind it that it would count."""
        tokens = list(self.tokens[at : at + 8])
        if not tokens:
            return None
        if not (tokens[0].isascii() and tokens[0].isdigit()):
            return named_clock(tokens)
        if tokens[1:5] in (["a", ".", "m", "."], ["p", ".", "m", "."]) or tokens[1:4] in (
            ["a", ".", "m"],
            ["p", ".", "m"],
        ):
            found = clock_at([tokens[0], f"{tokens[1]}m"])
            return (found[0], 5 if tokens[4:5] == ["."] else 4) if found else None
        if tokens[1:2] == ["am"] and not ends_there(tokens[2:3]):  # "um 10 am Montag"
            tokens = tokens[:1]
        if tokens[1:2] == ["."] and not (tokens[2:3] and tokens[2].isdigit() and len(tokens[2]) == 2):
            tokens = tokens[:1]  # the end of a sentence
        found = clock_at(tokens)
        if found is None or self._is_marked(at, found[1]):
            return found
        follows = self.tokens[at + found[1]] if at + found[1] < len(self.tokens) else "."
        return found if mere and (follows in MAY_FOLLOW or follows in PARTS) else None

    def _is_marked(self, at: int, taken: int) -> bool:
        """Whether what was read can only be a time: "10:30", "10 Uhr", "3pm"."""
        read = self.tokens[at : at + taken]
        return (
            any(each in ("uhr", "am", "pm", ":", "h", "halb", "half", "noon", "midday") for each in read) or "m" in read
        )

    def _at_night(self, at: int, taken: int) -> bool:
        """Whether it says itself which half of the day it means."""
        return any(each in ("am", "pm", "a", "morgens", "nachts", "frueh") for each in self.tokens[at : at + taken + 1])
