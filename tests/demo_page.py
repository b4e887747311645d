"""The demo's page in headless Chromium, used as a person would: by what is written on it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# It runs as root in containers, and must not look for anything on a network.
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
NEWEST = """() => [...document.querySelectorAll("[data-message-id]")].reduce(
    (newest, one) => BigInt(one.dataset.messageId) > newest ? BigInt(one.dataset.messageId) : newest, 0n).toString()"""
"""The id of the newest message on the page, "0" without one."""
ANSWERED = """([after, text]) => [...document.querySelectorAll(".channel-message")].some(
    one => BigInt(one.dataset.messageId) > BigInt(after) && one.innerText.includes(text))"""
"""Whether a message that is newer than `after` says `text`."""


@asynccontextmanager
async def open_page(url: str, *, width: int = 1100, height: int = 800, scale: float = 1) -> AsyncIterator[DemoPage]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        page.set_default_timeout(20_000)
        await page.goto(url)
        yield DemoPage(page)
        await browser.close()


class DemoPage:
    def __init__(self, page: Page) -> None:
        self.page = page
        self._newest = "0"

    async def sees(self, text: str) -> None:
        """Wait until a message in the channel says so, an old one too."""
        await self.page.locator("#channel-timeline").get_by_text(text).filter(visible=True).last.wait_for()

    async def gets(self, text: str) -> None:
        """Wait until a message says so that came after the last press."""
        await self.page.wait_for_function(ANSWERED, arg=[self._newest, text])

    async def view_as(self, name: str) -> None:
        """Choose whose page this is, and wait until it is: what is typed before that is lost."""
        picker = self.page.get_by_label("Viewing as")
        viewer = await picker.get_by_role("option", name=name).get_attribute("value")
        await picker.select_option(viewer)
        await self.page.wait_for_function("id => simcordPreview.ready && simcordPreview.viewerId === id", arg=viewer)

    async def command(self, name: str) -> None:
        """Type a slash and the command's name, and pick it from the list."""
        await self.page.get_by_role("textbox", name="Message").fill(f"/{name}")
        await self.page.get_by_role("listbox", name="Application commands").get_by_role("option").first.click()

    async def write(self, option: str, text: str) -> None:
        """Type an option's value and leave it as typed, whatever is suggested."""
        await (await self._field(option)).fill(text)

    async def choose(self, option: str, text: str) -> None:
        """Type an option's value and pick the first suggestion that holds the text."""
        await self.write(option, text)
        await self.page.locator(".command-popup").get_by_role("option", name=text).first.click()

    async def suggestions_asked(self) -> None:
        """Wait until the page asks for suggestions to what was typed."""
        await self.page.wait_for_function("() => simcordPreview.pendingAction !== null", polling=5)

    async def send(self) -> None:
        """Click on the sign beside the message, once it can be clicked."""
        self._newest = await self.page.evaluate(NEWEST)
        await self.page.locator("#send-message").click()

    async def send_at_once(self) -> None:
        """Click where the sign beside the message is, whether or not the page is waiting."""
        self._newest = await self.page.evaluate(NEWEST)
        box = await self.page.locator("#send-message").bounding_box()
        assert box is not None
        await self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    async def press(self, label: str) -> None:
        """Click on a button of the last card that has it, whether or not the page is waiting."""
        self._newest = await self.page.evaluate(NEWEST)
        button = self.page.locator(".channel-message button").filter(has_text=label).last
        await button.evaluate("one => one.click()")

    async def control(self, label: str) -> None:
        """Press one of the demo's own buttons, above the channel."""
        self._newest = await self.page.evaluate(NEWEST)
        await self.page.get_by_role("toolbar", name="Demo").get_by_role("button", name=label).click()

    async def says(self, text: str) -> None:
        """Wait until the demo itself says so, beside its buttons or in its dialog."""
        await self.page.locator("#demo-bar output, #demo-says pre").get_by_text(text).first.wait_for()

    async def picture(self, file: Path) -> None:
        """A picture of the conversation, without SimCord's own tools around it."""
        await self.page.locator("#channel-layout").screenshot(path=file)

    async def answer(self, file: Path) -> None:
        """A picture of the last message alone."""
        await self.page.locator(".channel-message").last.screenshot(path=file)

    async def _field(self, option: str) -> Locator:
        field = self.page.locator(f"input[data-option='{option}']")
        if not await field.count():  # an optional one, behind "+2 more"
            await self.page.get_by_role("button", name="+").click()
            await self.page.locator(".command-popup").get_by_role("option", name=option).first.click()
        return field
