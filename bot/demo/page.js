/**
 * The demo's part of the page, served as SimCord's app.js, which it loads. It adds
 *
 *   controls   what the page has no menu for: each button asks the demo, which answers with a text
 *   patience   SimCord drops what is pressed while it waits for the bot, such as for suggestions to what was just
 *              typed; here that is held, and pressed when the page is free
 */
import "./simcord.js";

const CONTROLS = { jump: "Next prompt", messages: "Direct messages", find: "Find resources" };
const LOOK = 30; // milliseconds between two looks at whether the page is free
const PATIENCE = 30_000; // milliseconds after which a press is given up: SimCord gives the bot up then, too
const STYLE = `
  #demo-bar { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; padding: 4px 12px; background: #202125; }
  #demo-bar button { border: 1px solid #4e5058; padding: 2px 10px; color: #dbdee1; background: #2b2d31; }
  #demo-bar output { color: #b5bac1; font-size: 12px; }
  #demo-says { max-width: min(90vw, 600px); border: 0; border-radius: 8px; padding: 16px; color: #dbdee1; background: #313338; }
  #demo-says pre { max-height: 60vh; overflow: auto; margin: 0 0 12px; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
  #send-message:disabled { pointer-events: none; }`; // so that a click on it is seen, by what is below it

const held = [];
let pressing = false;

/** Whether SimCord would drop a press. */
function isBusy() {
  const { pendingAction, awaitingRevision, publishedRevision } = window.simcordPreview;
  return Boolean(pendingAction) || (awaitingRevision !== null && awaitingRevision > publishedRevision);
}

/** Hold an event that SimCord would drop; `press` repeats it. */
function hold(event, press) {
  event.preventDefault();
  event.stopImmediatePropagation();
  held.push(press);
  if (held.length === 1) void pressHeld();
}

async function pressHeld() {
  say("Your press waits until the bot has answered.");
  for (; held.length; held.shift()) {
    const end = Date.now() + PATIENCE;
    while (isBusy() && Date.now() < end) await new Promise((resume) => setTimeout(resume, LOOK));
    pressing = true;
    held[0]();
    pressing = false;
  }
  say("");
}

/** Whether an event is to be held at all: the page is busy, and the event is a person's. */
function mustWait() { return !pressing && (held.length > 0 || isBusy()); }

function controlWith(key) {
  return [...document.querySelectorAll("#channel-timeline button")].find((one) => one.dataset.controlKey === key);
}

function isWithin(element, { clientX, clientY }) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}

function send() { document.getElementById("channel-composer").requestSubmit(); }

window.addEventListener("click", (event) => {
  if (!mustWait()) return;
  const control = event.target.closest("#channel-timeline button[data-control-key]:not(.select-trigger)");
  if (control) {
    const key = control.dataset.controlKey; // the button itself may be drawn anew meanwhile
    hold(event, () => controlWith(key)?.click());
  } else if (isWithin(document.getElementById("send-message"), event)) hold(event, send);
}, true);

window.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !mustWait()) return;
  const chooses = document.querySelector('.command-popup:not([hidden]) [aria-selected="true"]');
  if (!chooses && event.target.closest("#channel-composer input, #channel-composer textarea")) hold(event, send);
}, true);

const bar = document.createElement("div");
bar.id = "demo-bar";
bar.setAttribute("role", "toolbar");
bar.setAttribute("aria-label", "Demo");
const said = document.createElement("output");
const dialog = document.createElement("dialog");
dialog.id = "demo-says";

function say(text) { said.textContent = text; }

/** Show a text of several lines. */
function show(text) {
  const lines = document.createElement("pre");
  lines.textContent = text;
  const close = document.createElement("button");
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(lines, close);
  dialog.showModal();
}

async function use(control) {
  say("One moment…");
  try {
    const response = await fetch("/api/action", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-Simcord-Capability": location.hash.slice(1),
        "X-Simcord-Context": window.simcordPreview.contextId,
      },
      body: JSON.stringify({ kind: "demo", control, viewer_id: window.simcordPreview.viewerId }),
    });
    const { text } = await response.json();
    say(text.includes("\n") ? "" : text);
    if (text.includes("\n")) show(text);
  } catch {
    say("That didn’t work: the demo doesn’t answer.");
  }
}

for (const [control, label] of Object.entries(CONTROLS)) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => void use(control));
  bar.append(button);
}
bar.append(said);
document.getElementById("toolbar").after(bar, dialog);
const style = new CSSStyleSheet();
style.replaceSync(STYLE);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
