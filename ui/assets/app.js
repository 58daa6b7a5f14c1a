// What all pages share: which of them is shown, the masthead, and the source panel. Runs once, when Gradio has drawn it;
// `trigger` sends an event to Python.
//
// The address names the page: #people shows People, and so does #people/Dmitry%20Peskov, whose rest people.js reads.
// body[data-page] is the name of the page, and the document gets a "route" event whenever the address has changed.
//
// A button.summarise in the panel sends an "ask" event on the document, whose detail is the question.
//
// A button with data-opens opens an article in the panel: data-opens names a list of the page, data-place is the place in
// it, and the nearest data-turn around the button is the turn of the conversation, if any. The panel has the same three
// as data-kind, data-place and data-turn.

const LOOK = 5000; // ms between checks whether the library has been synced
const phone = window.matchMedia("(max-width: 899px)");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const panel = () => document.getElementById("source");
const shown = () => panel()?.querySelector("section.open");

let wanted = null; // the place that was clicked and is not yet shown
let opener = null; // where the focus returns when the sheet closes

// The source panel

function readPlace({ turn = -1, kind, opens = kind, place }) {
  return { turn: Number(turn), kind: opens, place: Number(place) };
}

function buttonFor({ turn, kind, place }) {
  const within = turn < 0 ? "" : `[data-turn="${turn}"] `;
  return document.querySelector(`#page ${within}button[data-opens="${kind}"][data-place="${place}"]`);
}

function isShown(place) {
  const section = shown();
  return Boolean(section) && JSON.stringify(readPlace(section.dataset)) === JSON.stringify(place);
}

function open(place) {
  wanted = place;
  if (isShown(place)) settlePanel();
  triggerLatest("open", place); // what is shown may have changed since
}

function markCurrent() {
  const button = shown() && buttonFor(readPlace(shown().dataset));
  for (const other of document.querySelectorAll("#page button[aria-current]")) {
    if (other !== button) other.removeAttribute("aria-current");
  }
  // Setting it again would call the observer again, endlessly.
  if (button && !button.hasAttribute("aria-current")) button.setAttribute("aria-current", "true");
}

function settlePanel() {
  const section = shown();
  if (!section) return;
  if (wanted && isShown(wanted)) {
    wanted = null;
    if (phone.matches) openSheet();
  }
  scrollToMark(section);
}

function scrollToMark(section) {
  const scroller = section.querySelector(".scroller");
  const mark = [...section.querySelectorAll("mark.active")].find((one) => one.checkVisibility());
  if (!mark) return scroller.scrollTo({ top: 0 });
  const above = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  const top = scroller.scrollTop + above - scroller.clientHeight * 0.3;
  scroller.scrollTo({ top, behavior: still.matches ? "auto" : "smooth" });
}

function showVersion(chosen) {
  const section = shown();
  for (const button of section.querySelectorAll(".version")) button.setAttribute("aria-pressed", String(button === chosen));
  for (const name of ["then", "now"]) section.querySelector(`.${name}`).hidden = chosen.dataset.version !== name;
  scrollToMark(section);
}

// On a phone the panel is a sheet over the page.

function behindSheet() {
  return document.querySelectorAll("#masthead, #page .view");
}

function openSheet() {
  if (document.body.classList.contains("sheet-open")) return;
  document.body.classList.add("sheet-open");
  for (const part of behindSheet()) part.inert = true;
  panel().setAttribute("role", "dialog");
  panel().setAttribute("aria-modal", "true");
  panel().setAttribute("aria-label", "Source");
  history.pushState({ sheet: true }, ""); // so that Back on a phone closes the sheet
  panel().querySelector(".close").focus({ preventScroll: true });
}

function hideSheet() {
  if (!document.body.classList.contains("sheet-open")) return;
  document.body.classList.remove("sheet-open");
  for (const part of behindSheet()) part.inert = false;
  for (const name of ["role", "aria-modal", "aria-label"]) panel().removeAttribute(name);
  opener?.focus({ preventScroll: true });
}

function closeSheet() {
  if (!document.body.classList.contains("sheet-open")) return;
  if (history.state?.sheet) history.back();
  else hideSheet();
}

// Bells: #watched lists what is watched, and a bell whose data-watch is in it is pressed.

function markBells() {
  const watched = document.querySelector("#watched [data-ids]")?.dataset.ids.split(" ") ?? [];
  for (const bell of document.querySelectorAll("#page .bell")) {
    const pressed = String(watched.includes(bell.dataset.watch));
    if (bell.getAttribute("aria-pressed") !== pressed) bell.setAttribute("aria-pressed", pressed);
  }
}

// The pages and the masthead

function route() {
  const views = [...document.querySelectorAll("#page .view")];
  const name = location.hash.slice(1).split("/")[0];
  const current = views.find((view) => view.id === `${name}-page`) ?? views[0];
  for (const view of views) view.toggleAttribute("data-current", view === current);
  document.body.dataset.page = current.id.replace("-page", "");
  markLink();
  document.dispatchEvent(new Event("route"));
}

function markLink() {
  for (const link of document.querySelectorAll("#masthead nav a")) {
    if (link.dataset.pages.split(" ").includes(document.body.dataset.page)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function skipMasthead() {
  // Not a link: its address would be that of another page.
  [...document.querySelectorAll("#page :is(a[href], button, input, textarea, [tabindex])")]
    .find((stop) => !stop.closest("#masthead") && stop.tabIndex >= 0 && !stop.disabled && stop.checkVisibility())
    ?.focus();
}

function look() {
  if (!document.hidden) trigger("look");
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#page button");
  if (!button) return;
  const turn = button.closest("[data-turn]")?.dataset.turn;
  if (button.dataset.opens) {
    if (!panel().contains(button)) opener = button; // what is in the panel is gone when it closes
    open(readPlace({ turn, ...button.dataset }));
  } else if (button.matches(".step")) {
    open(readPlace({ turn, kind: shown().dataset.kind, place: button.dataset.place }));
  } else if (button.matches(".version")) {
    showVersion(button);
  } else if (button.matches(".bell")) {
    trigger("watch", { ...button.dataset, on: button.getAttribute("aria-pressed") === "false" });
  } else if (button.matches(".skip")) {
    skipMasthead();
  } else if (button.matches(".summarise")) {
    hideSheet();
    location.hash = "ask";
    document.dispatchEvent(new CustomEvent("ask", { detail: button.dataset.question }));
  } else if (button.matches(".close")) {
    closeSheet();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeSheet();
});
window.addEventListener("popstate", hideSheet);
window.addEventListener("hashchange", route);
phone.addEventListener("change", () => {
  if (!phone.matches) closeSheet();
});

function observe(id, settle, options = {}) {
  new MutationObserver(settle).observe(document.getElementById(id), { childList: true, subtree: true, ...options });
}

function start() {
  // Gradio draws the components one after another.
  if (!panel() || !document.querySelector("#masthead nav")) return requestAnimationFrame(start);
  // Gradio changes elements in place if it can: then only their attributes change.
  const places = ["data-turn", "data-kind", "data-place"];
  observe("page", markCurrent, { attributes: true, attributeFilter: [...places, "data-opens", "aria-current"] });
  observe("page", markBells, { attributes: true, attributeFilter: ["data-watch", "data-ids", "aria-pressed"] });
  observe("source", settlePanel, { attributes: true, attributeFilter: places });
  observe("masthead", markLink, { characterData: true });
  setInterval(look, LOOK);
  document.addEventListener("visibilitychange", look);
  route();
}
start();
