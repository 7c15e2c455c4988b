"""The website of a real desk as a visitor sees it: in Chromium, by keyboard, without scripts, on a phone, in the dark."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

pytestmark = pytest.mark.needs("chromium")

QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PAGES = (
    "/de/", "/de/themen", "/de/thema/e-mail", "/de/artikel/mail-outlook", "/de/artikel/mail-outlook?vote=no",
    "/de/suche?q=Postfach+voll", "/de/suche?q=qqqq", "/de/kontakt", "/de/kontakt/danke", "/de/nichts",
    "/en/", "/en/article/mail-settings",
)  # fmt: skip
OPTION = "[role=option]"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def desk(desk_process: Any) -> Any:
    """A desk that runs with the sample articles."""
    desk_process.start("--sample")
    return desk_process


@pytest.fixture
def visit(chromium: Browser, desk: Any) -> Iterator[Callable[..., Page]]:
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
    expect(first).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(page.url.partition("/de/")[0] + "/de/artikel/postfach-voll")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mein Postfach ist voll. Was kann ich tun?")


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
    box.press("ArrowDown")
    expect(page.locator(OPTION).first).to_contain_text("Rechnungsadresse")
    expect(page.get_by_text("late")).to_have_count(0)


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
    visit: Callable[..., Page], desk: Any, wait_until: Callable[..., Any]
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
    [conversation] = wait_until(lambda: desk.objects("inbox", "--json"))
    assert conversation["customer"]["address"] == "anna@kundin.example"
    assert conversation["subject"] == "Umzug meiner Domain"


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"viewport": {"width": 1280, "height": 800}}, id="desktop"),
        pytest.param({"viewport": {"width": 390, "height": 844}, "is_mobile": True}, id="phone"),
        pytest.param({"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}, id="dark"),
    ],
)
def test_every_page_is_accessible_and_asks_nothing_of_others(
    visit: Callable[..., Page], desk: Any, how: dict[str, Any]
) -> None:
    page = visit("/healthz", **how)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in PAGES:
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the screen"
    assert [url for url in asked if not url.startswith(desk.web)] == []
    assert [each for each in complaints if "404" not in each] == []


def test_an_open_list_is_accessible_and_moves_nothing(visit: Callable[..., Page]) -> None:
    page = visit("/de/")
    page.evaluate(
        """() => { window.shifted = 0; new PerformanceObserver(list => list.getEntries().forEach(
        entry => window.shifted += entry.value)).observe({type: "layout-shift", buffered: true}) }"""
    )
    page.get_by_role("combobox").press_sequentially("domain umziehen")
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
