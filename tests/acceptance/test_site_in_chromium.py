"""The website of a real desk as a visitor sees it: in Chromium, by keyboard, without scripts, on a phone, in the dark."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import make_msgid
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

pytestmark = pytest.mark.needs("chromium")

BRIEF = str(Path(sys.executable).with_name("brief"))
SETTINGS = """
[[mailbox]]
address = "support@kiebitz.example"
name = "Kiebitz Hosting"
[smtp]
listen = "127.0.0.1:0"
[web]
listen = "127.0.0.1:0"
url = "https://hilfe.kiebitz.example"
[[web.footer]]
label = "Impressum"
url = "https://kiebitz.example/impressum"
"""
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PAGES = (
    "/de/", "/de/themen", "/de/thema/e-mail", "/de/artikel/mail-outlook", "/de/artikel/mail-outlook?vote=no",
    "/de/suche?q=Postfach+voll", "/de/suche?q=qqqq", "/de/suche?q=Posfach+vol", "/de/kontakt", "/de/kontakt/danke", "/de/nichts",
    "/de/verlauf", "/de/verlauf/unterwegs",
    "/en/", "/en/article/mail-settings",
)  # fmt: skip
FEW = ("/de/", "/de/artikel/mail-outlook", "/de/suche?q=Postfach+voll", "/de/kontakt")
"""One page of each kind."""
OPTION = "[role=option]"
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        yield browser
        browser.close()


@dataclass(frozen=True)
class RunningDesk:
    """The real program with the sample articles; one for all tests here, for it takes its time to start."""

    folder: Path
    web: str

    def brief(self, *arguments: str) -> str:
        """Run a command, and give what it prints."""
        done = subprocess.run([BRIEF, *arguments], cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout

    def inbox(self) -> list[dict[str, Any]]:
        """What an agent sees."""
        return [json.loads(line) for line in self.brief("inbox", "--json").splitlines()]

    def mailed(self) -> list[EmailMessage]:
        """What went out; without a relay it lies in a Maildir."""
        files = sorted((self.folder / "var/sent/new").glob("*"))
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "brief.toml").write_text(SETTINGS, encoding="utf-8")
    serve = [BRIEF, "serve", "--json", "--sample"]
    with (
        (folder / "serve.log").open("w") as log,
        subprocess.Popen(serve, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout
        line = process.stdout.readline()
        assert line, (folder / "serve.log").read_text()
        yield RunningDesk(folder, json.loads(line)["web"])
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


@pytest.fixture
def visit(chromium: Browser, desk: RunningDesk) -> Iterator[Callable[..., Page]]:
    """Opens a page of the desk's site: `visit("/de/", java_script_enabled=False)`."""
    contexts = []

    def opened(path: str, **how: Any) -> Page:
        context = chromium.new_context(base_url=desk.web, locale="de-DE", **how)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_answers_come_as_one_types_and_are_chosen_by_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/de/")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("postfach vol")
    first = page.locator(OPTION).first
    expect(first).to_contain_text("Mein Postfach ist voll")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    box.press("Escape")
    expect(page.locator(".options")).to_be_hidden()
    expect(box).to_have_value("postfach vol")
    box.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page).to_have_url(page.url.partition("/de/")[0] + "/de/artikel/postfach-voll?q=postfach+vol%E2%80%A6")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mein Postfach ist voll. Was kann ich tun?")


def test_a_mistyped_word_is_offered_below_the_answers_and_on_the_page_of_results(visit: Callable[..., Page]) -> None:
    page = visit("/de/")
    box = page.get_by_role("combobox")
    box.press_sequentially("rechnug finden")
    offered = page.locator(OPTION).filter(has_text="Meinten Sie: rechnung finden")
    expect(offered).to_be_visible()
    box.press("ArrowUp")  # the last, which is all results
    box.press("ArrowUp")
    expect(offered).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("„rechnung finden“")
    expect(page.get_by_text("Meinten Sie")).to_have_count(0)
    page.goto("/de/suche?q=rechnug+finden")
    page.get_by_role("link", name="rechnung finden").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("„rechnung finden“")


def test_enter_without_a_choice_shows_all_results(visit: Callable[..., Page]) -> None:
    page = visit("/de/")
    page.get_by_role("combobox").fill("rechnung")
    page.get_by_role("combobox").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("„rechnung“")
    assert page.locator(".hits > li").count() > 2


def test_a_late_answer_never_replaces_a_newer_one(visit: Callable[..., Page]) -> None:
    page, held = visit("/de/"), []

    def hold(route: Route) -> None:
        if "q=re&" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/search?*", hold)
    box = page.get_by_role("combobox")
    with page.expect_request("**/api/search?q=re&*"):
        box.press_sequentially("re")
    box.press_sequentially("chnungsadresse")
    expect(page.locator(OPTION).first).to_contain_text("Rechnungsadresse")
    for route in held:
        route.fulfill(json={"query": "re", "all": "/", "results": [{"question": "late", "excerpt": "", "url": "/"}]})
    with page.expect_response("**/api/search?q=rechnungsadresse+*"):
        box.press_sequentially(" ändern")
    expect(page.locator(OPTION).first).to_contain_text("Rechnungsadresse")
    expect(page.get_by_text("late")).to_have_count(0)


def test_a_list_that_was_closed_is_not_opened_again_by_a_late_answer(visit: Callable[..., Page]) -> None:
    page = visit("/de/")
    page.route("**/api/search?q=postfach+voll&*", lambda route: None)  # under way for ever
    box = page.get_by_role("combobox")
    box.press_sequentially("postfach")
    expect(page.locator(OPTION).first).to_be_visible()
    with page.expect_request("**/api/search?q=postfach+voll&*"):
        box.press_sequentially(" voll")
    with page.expect_event("requestfailed", lambda request: "q=postfach+voll&" in request.url):
        box.press("Escape")
    expect(page.locator(".options")).to_be_hidden()


@pytest.mark.parametrize(("found", "said"), [(1, "Ein Vorschlag. "), (3, "3 Vorschläge. ")])
def test_a_screen_reader_hears_how_many_answers_there_are(visit: Callable[..., Page], found: int, said: str) -> None:
    page = visit("/de/")
    results = [{"question": "So geht es", "excerpt": "", "url": f"/{number}"} for number in range(found)]
    page.route("**/api/search?*", lambda route: route.fulfill(json={"query": "re", "all": "/", "results": results}))
    page.get_by_role("combobox").press_sequentially("re")
    expect(page.get_by_role("status")).to_contain_text(said)


@pytest.mark.parametrize(
    ("home", "said", "link", "field"),
    [
        ("/de/", "Zu „$& qqqq“ haben wir nichts gefunden.", "Diese Frage stellen", "Worum geht es?"),
        ("/en/", "We found nothing for “$& qqqq”.", "Ask this question", "What is it about?"),
    ],
)
def test_where_nothing_is_found_while_typing_the_way_to_a_person_is_offered(
    visit: Callable[..., Page], home: str, said: str, link: str, field: str
) -> None:
    page = visit(home)
    box, status = page.get_by_role("combobox"), page.get_by_role("status")
    box.press_sequentially("$& qqqq")
    expect(status).to_be_visible()
    expect(status).to_have_text(f"{said} {link}")
    assert Axe().run(page).response["violations"] == []
    box.fill("")
    expect(status).to_have_text("")
    box.press_sequentially("$& qqqq")
    expect(page.get_by_role("link", name=link)).to_be_visible()
    box.press("Tab")  # the button
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=link)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label(field)).to_have_value("$& qqqq")


def test_everything_works_without_a_script(visit: Callable[..., Page]) -> None:
    page = visit("/de/", java_script_enabled=False)
    page.get_by_label("Ihre Frage oder ein Stichwort").fill("Postfach voll")
    page.get_by_role("button", name="Suchen").click()
    page.get_by_role("link", name="Mein Postfach ist voll. Was kann ich tun?").click()
    page.get_by_role("button", name="Ja").click()
    expect(page.get_by_role("status")).to_have_text("Danke, das freut uns.")
    page.goto("/de/suche?q=qqqq")
    page.get_by_role("link", name="Diese Frage stellen").click()
    expect(page.get_by_label("Worum geht es?")).to_have_value("qqqq")


def test_a_question_becomes_a_conversation(
    visit: Callable[..., Page], desk: RunningDesk, wait_until: Callable[..., Any]
) -> None:
    page = visit("/de/kontakt")
    page.get_by_label("Ihre Mailadresse").fill("anna@kundin")
    page.get_by_label("Worum geht es?").fill("Umzug meiner Domain")
    page.get_by_label("Ihre Nachricht").fill("Wann kann ich umziehen?")
    page.get_by_role("button", name="Absenden").click()
    expect(page.get_by_label("Ihre Mailadresse")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Ihre Nachricht")).to_have_value("Wann kann ich umziehen?")
    page.get_by_label("Ihre Mailadresse").fill("anna@kundin.example")
    page.get_by_role("button", name="Absenden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Nachricht ist angekommen")
    [conversation] = wait_until(desk.inbox)
    assert conversation["customer"]["address"] == "anna@kundin.example"
    assert conversation["subject"] == "Umzug meiner Domain"


@pytest.mark.parametrize(
    ("pages", "how"),
    [
        pytest.param(PAGES, {"viewport": {"width": 1280, "height": 800}}, id="desktop"),
        pytest.param(FEW, {"viewport": {"width": 390, "height": 844}, "is_mobile": True}, id="phone"),
        pytest.param(FEW, {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}, id="dark"),
    ],
)
def test_every_page_is_accessible_and_asks_nothing_of_others(
    visit: Callable[..., Page], desk: RunningDesk, pages: tuple[str, ...], how: dict[str, Any]
) -> None:
    page = visit("/healthz", **how)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in pages:
        page.goto(path)
        _fits_everybody(page)
    assert [url for url in asked if not url.startswith(desk.web)] == []
    assert [each for each in complaints if "404" not in each] == []


def _fits_everybody(page: Page) -> None:
    """It is accessible, and as wide as its screen."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} is wider than the screen"


def test_an_open_list_is_accessible_and_moves_nothing(visit: Callable[..., Page]) -> None:
    page = visit("/de/")
    page.evaluate(
        """() => { window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(
        entry => window.shifted += entry.value)).observe({type: "layout-shift", buffered: true}) }"""
    )
    page.get_by_role("combobox").press_sequentially("domain umziehen")
    expect(page.locator(OPTION).first).to_be_visible()
    page.get_by_role("combobox").press("ArrowDown")
    expect(page.locator(f"{OPTION}[aria-selected=true]")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("window.shifted") == 0


def test_the_keyboard_reaches_the_content_first_and_sees_where_it_is(visit: Callable[..., Page]) -> None:
    page = visit("/de/artikel/mail-outlook")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Zum Inhalt springen")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


@pytest.fixture(scope="module")
def link(desk: RunningDesk) -> Callable[[], str]:
    """The link that is mailed to a customer whose mails of long ago were brought in, as a path of the site."""
    asked, dora, us = make_msgid(), "Dora Frisch <dora@kundin.example>", "Kiebitz Hosting <support@kiebitz.example>"
    for name, author, to, answers, text in (
        ("first", dora, us, None, "Wie ziehe ich um?\n\n    ein <b>Befehl</b>\n"),
        ("second", us, dora, asked, "So geht es."),
    ):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"], mail["Date"] = author, to, "Umzug", "Tue, 06 Feb 2024 10:00:00 +0100"
        mail["Message-ID"], mail["In-Reply-To"] = make_msgid() if answers else asked, answers
        mail.set_content(text)
        mail.add_attachment("<script>document.title = 'run'</script>", subtype="html", filename="Übersicht.html")
        (desk.folder / f"{name}.eml").write_bytes(mail.as_bytes())
        desk.brief("mail", "import", f"{name}.eml")

    def path() -> str:
        [mail] = [each for each in desk.mailed() if each["To"] == dora]
        text: str = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has one
        return text.partition("https://hilfe.kiebitz.example")[2].split()[0]

    return path


def test_a_customer_reads_their_letters_by_the_link_that_they_ask_for(
    visit: Callable[..., Page], desk: RunningDesk, link: Callable[[], str], wait_until: Callable[..., Any]
) -> None:
    page = visit("/de/")
    page.get_by_role("link", name="E-Mail-Verlauf").click()
    page.get_by_label("Ihre Mailadresse").fill("Dora@kundin.example")
    page.get_by_role("button", name="Link schicken").click()
    expect(page.get_by_text("Wenn wir die Adresse kennen")).to_be_visible()
    wait_until(lambda: any("Ihr E-Mail-Verlauf" in mail["Subject"] for mail in desk.mailed()))
    page.goto(link())
    expect(page.get_by_role("heading", level=2)).to_have_text("Umzug")
    assert page.locator(".body").all_inner_texts() == ["Wie ziehe ich um?\n\n    ein <b>Befehl</b>", "So geht es."]
    _fits_everybody(page)
    page.set_viewport_size({"width": 390, "height": 844})
    _fits_everybody(page)
    page.emulate_media(color_scheme="dark")
    _fits_everybody(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Übersicht.html").first.click()
    assert saved.value.suggested_filename == "Übersicht.html"
    with page.expect_download() as saved:
        page.get_by_role("link", name="Alles herunterladen").click()
    assert saved.value.path().read_bytes().count(b"\nSubject: Umzug") == 2
    assert link().rpartition("/")[2] not in (desk.folder / "serve.log").read_text()
    page.goto(link()[:-1])
    expect(page.get_by_role("heading", level=1)).to_have_text("Dieser Link gilt nicht mehr")
    _fits_everybody(page)
