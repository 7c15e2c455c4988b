"""The texts of the site in one language, by the names under which its pages ask for them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from functools import cache

from faq.said import SAID


@dataclass(frozen=True, slots=True)
class Words:
    """The texts in one language; what stands in {braces} is filled in by the page."""

    # around every page
    skip: str
    home: str
    topics: str
    contact: str
    main_navigation: str
    breadcrumbs: str
    other_language: str
    feed: str
    feed_title: str
    # search
    search: str
    search_label: str
    search_hint: str
    search_title: str
    search_empty: str
    found_one: str
    found_many: str
    found_none: str
    found_none_hint: str
    ask_this: str
    meant: str
    nothing_likely: str
    other_language_only: str
    all_results: str
    listed_one: str
    listed: str
    # first page and topics
    headline: str
    intro: str
    by_topic: str
    article_one: str
    article_many: str
    all_of_topic: str
    lately: str
    not_found_what: str
    not_found_offer: str
    write_us: str
    no_articles: str
    # article
    updated: str
    related: str
    helpful: str
    yes: str
    no: str
    thanks_yes: str
    thanks_no: str
    thanks_no_offer: str
    # form
    form_title: str
    form_intro: str
    name: str
    optional: str
    address: str
    address_hint: str
    phone: str
    phone_hint: str
    call_me: str
    subject: str
    message: str
    message_hint: str
    emergencies: str
    send: str
    trap: str
    mend: str
    privacy: str
    sent_title: str
    sent: str
    sent_next: str
    back_home: str
    # correspondence
    correspondence: str
    ask_title: str
    ask_intro: str
    ask_hint: str
    ask_send: str
    ask_often: str
    asked_title: str
    asked: str
    asked_next: str
    read_intro: str
    archive_name: str
    download: str
    download_hint: str
    no_subject: str
    files: str
    infected: str
    pages: str
    page_of: str
    newer: str
    older: str
    over_title: str
    over: str
    over_again: str
    # what is wrong with a field
    address_missing: str
    address_wrong: str
    address_ours: str
    subject_missing: str
    subject_long: str
    message_missing: str
    message_long: str
    name_long: str
    phone_wrong: str
    trap_filled: str
    # the form cannot be taken
    form_too_often: str
    form_refused: str
    form_unavailable: str
    # pages for errors
    bad_title: str
    bad: str
    forbidden_title: str
    forbidden: str
    gone_title: str
    gone: str
    method_title: str
    method: str
    late_title: str
    late: str
    large_title: str
    large: str
    often_title: str
    often: str
    broken_title: str
    broken: str
    away_title: str
    away: str


_MONTHS = {
    "de": (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip


@cache
def words(language: str, tone: str) -> Words:
    """The texts in a language, "de" or "en"; `tone` is how German visitors are addressed."""
    chosen: dict[str, str] = {}
    for field in fields(Words):
        said = SAID[field.name]
        german = (said.du or said.sie) if tone == "du" else said.sie
        chosen[field.name] = german if language == "de" else said.en
    return Words(**chosen)


def date_in_words(day: date, language: str) -> str:
    """A date as it is read aloud: "4. Mai 2026", "4 May 2026"."""
    month = _MONTHS[language][day.month - 1]
    return f"{day.day}. {month} {day.year}" if language == "de" else f"{day.day} {month} {day.year}"
