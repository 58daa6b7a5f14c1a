// Runs once, when Gradio has put the conversation on the page; `element` is its root and `trigger` sends an event to
// Python. The panel says by data-turn, data-kind and data-place what it shows; everything here follows from that.

const LOOK = 5000; // ms between two looks at whether the library was synced meanwhile
const phone = window.matchMedia("(max-width: 899px)");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const conversation = element.closest("#conversation"); // which scrolls
const panel = () => document.getElementById("source");
const shown = () => panel()?.querySelector("section.open");
const glide = () => (still.matches ? "auto" : "smooth");

let wanted = null; // the citation that was clicked and is not yet shown
let opener = null; // where the focus returns when the sheet closes
const copied = new Set(); // the buttons that say so at the moment
let lastTurn = "";
let typing = 0; // the timer that waits for the next letter of a name
let lastPerson; // whose statements are on the page
let grownFrom = null; // how many rows a list had when more were asked for

function buttonFor(place) {
  if (place.kind === "article") return document.querySelector(`#library-page .read[data-place="${place.place}"]`);
  const list = { statement: "#person", said: "#topic-said" }[place.kind];
  if (list) return document.querySelector(`${list} .statement[data-place="${place.place}"]`);
  const turn = element.querySelector(`.turn[data-turn="${place.turn}"]`);
  if (!turn) return null;
  if (place.kind === "closest") return turn.querySelectorAll(".closest-open")[place.place];
  return [...turn.querySelectorAll(".quotation .chip")][place.place];
}

function samePlace(section, place) {
  return (
    section &&
    Number(section.dataset.turn) === place.turn &&
    section.dataset.kind === place.kind &&
    Number(section.dataset.place) === place.place
  );
}

function open(place) {
  wanted = place;
  if (samePlace(shown(), place)) settlePanel();
  else trigger("cite", place);
}

function markCurrent() {
  const section = shown();
  for (const button of document.querySelectorAll("#page button[aria-current]")) button.removeAttribute("aria-current");
  if (!section) return;
  const place = {
    turn: Number(section.dataset.turn),
    kind: section.dataset.kind,
    place: Number(section.dataset.place),
  };
  const button = buttonFor(place);
  if (button) {
    button.setAttribute("aria-current", "true");
    if (button.dataset.number) {
      for (const chip of button.closest(".turn").querySelectorAll(`.chip[data-number="${button.dataset.number}"]`)) {
        chip.setAttribute("aria-current", "true");
      }
    }
  }
}

function settlePanel() {
  const section = shown();
  markCurrent();
  if (!section) return;
  if (wanted && samePlace(section, wanted)) {
    wanted = null;
    if (phone.matches) openSheet();
  }
  scrollToMark(section);
}

function scrollToMark(section) {
  const scroller = section.querySelector(".scroller");
  const mark = section.querySelector("mark.active");
  if (!mark) return scroller.scrollTo({ top: 0 });
  const above = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  scroller.scrollTo({ top: scroller.scrollTop + above - scroller.clientHeight * 0.3, behavior: glide() });
}

function behindSheet() {
  return ["masthead", "talk", "people", "library-page"].map((id) => document.getElementById(id));
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

function settleConversation() {
  const turns = element.querySelectorAll(".turn");
  const turn = turns[turns.length - 1];
  const state = turn ? `${turns.length} ${turn.hasAttribute("aria-busy")}` : "";
  markCurrent(); // a new rendering is without it
  document.body.classList.toggle("talking", Boolean(turn));
  if (state === lastTurn) return;
  lastTurn = state;
  const top = turn && turns.length > 1 ? turn.offsetTop : 0;
  conversation.scrollTo({ top, behavior: top ? glide() : "auto" });
}

// The page is told by the address: #people is the list of people, #people/Dmitry%20Peskov his statements, with a topic
// after another stroke those on it. #topic/Tartous, which is of the same page, is left to topic.js.

function readAddress() {
  const [page, name = "", topic = ""] = location.hash.slice(1).split("/");
  if (page === "topic") return [true, "", "", true];
  try {
    return [page === "people", decodeURIComponent(name), decodeURIComponent(topic), false];
  } catch {
    return [page === "people", "", "", false];
  }
}

function route() {
  const [onPeople, name, topic, onTopic] = readAddress();
  document.body.classList.toggle("on-library", isLibrary());
  const wasOn = document.body.classList.contains("on-person");
  document.body.classList.toggle("on-people", onPeople);
  document.body.classList.toggle("on-person", onPeople && Boolean(name));
  markPage();
  if (onPeople && !document.querySelector("#people-list p")) listPeople();
  if (onPeople && name) {
    if (openPerson() === name && openNarrowed() === topic) focusPerson();
    else trigger("person", { name, topic });
  } else if (onTopic) {
    return;
  } else if (onPeople && wasOn) {
    [...document.querySelectorAll("#people-list .person")]
      .find((row) => decodeURIComponent(row.hash) === `#people/${openPerson()}`)
      ?.focus();
  } else if (onPeople) {
    if (!phone.matches) soughtBox()?.focus({ preventScroll: true });
  } else if (!isLibrary()) focusQuestion();
}

// The library's own script, library.js, does the rest.
function isLibrary() {
  return location.hash === "#library";
}

function soughtBox() {
  return document.getElementById("sought-name");
}

function listPeople(shown = null) {
  trigger("people", { sought: soughtBox()?.value ?? "", shown });
}

function markPage() {
  const page = isLibrary() ? "library" : readAddress()[0] ? "people" : "talk";
  for (const link of document.querySelectorAll("#masthead nav a")) {
    if (link.dataset.page === page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function openPerson() {
  return document.querySelector("#person .person-page")?.dataset.person;
}

function openNarrowed() {
  return document.querySelector("#person .person-page")?.dataset.topic ?? "";
}

function settlePerson() {
  markCurrent();
  focusGrown("#person .statement");
  const person = `${openPerson()}/${openNarrowed()}`;
  if (person === lastPerson) return;
  lastPerson = person;
  document.getElementById("person").scrollTo({ top: 0 });
  focusPerson();
}

function focusPerson() {
  document.querySelector("#person h2")?.focus({ preventScroll: true });
}

function focusGrown(rows) {
  const row = grownFrom === null ? null : document.querySelectorAll(rows)[grownFrom];
  if (!row) return;
  grownFrom = null;
  row.focus({ preventScroll: true });
}

function askForMore(button) {
  if (button.dataset.more === "people") {
    grownFrom = document.querySelectorAll("#people-list .person").length;
    listPeople(2 * grownFrom);
  } else if (button.dataset.more === "statements") {
    grownFrom = document.querySelectorAll("#person .statement").length;
    trigger("more");
  }
}

function focusQuestion() {
  // On a phone the keyboard would cover half the page.
  if (!phone.matches) document.querySelector("#question textarea")?.focus({ preventScroll: true });
}

function skipMasthead() {
  // No link: its address would be that of another page.
  [...document.querySelectorAll("#page :is(a[href], button, input, textarea, [tabindex])")]
    .find((stop) => !stop.closest("#masthead") && stop.tabIndex >= 0 && !stop.disabled && stop.checkVisibility())
    ?.focus();
}

async function copy(button) {
  const text = button.dataset.text;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page served over plain http to another machine has no clipboard.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus({ preventScroll: true });
  }
  if (copied.has(button)) return;
  const said = button.textContent;
  copied.add(button);
  button.textContent = "Copied";
  setTimeout(() => {
    copied.delete(button);
    button.textContent = said;
  }, 1500);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  const turn = Number(button.closest("[data-turn]")?.dataset.turn);
  if (button.matches(".chip")) {
    const chips = [...button.closest(".turn").querySelectorAll(".quotation .chip")];
    opener = button;
    open({ turn, kind: "citation", place: chips.findIndex((chip) => chip.dataset.number === button.dataset.number) });
  } else if (button.matches(".closest-open")) {
    opener = button;
    open({ turn, kind: "closest", place: Number(button.dataset.closest) - 1 });
  } else if (button.matches(".step")) {
    open({ turn, kind: shown().dataset.kind, place: Number(button.dataset.place) });
  } else if (button.matches(".statement")) {
    opener = button;
    const kind = button.closest("#topic-said") ? "said" : "statement";
    open({ turn: -1, kind, place: Number(button.dataset.place) });
  } else if (button.matches(".read")) {
    opener = button;
    open({ turn: -1, kind: "article", place: Number(button.dataset.place) });
  } else if (button.matches(".more")) {
    askForMore(button);
  } else if (button.matches(".example")) {
    trigger("example", { question: button.textContent });
    focusQuestion();
  } else if (button.matches(".restart")) {
    trigger("restart");
    focusQuestion();
  } else if (button.matches(".skip")) {
    skipMasthead();
  } else if (button.matches(".copy")) {
    copy(button);
  } else if (button.matches(".close")) {
    closeSheet();
  }
});

document.addEventListener("input", (event) => {
  if (event.target !== soughtBox()) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    document.getElementById("people-list").scrollTo({ top: 0 });
    listPeople();
  }, 120);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#person .narrow")) return;
  event.preventDefault();
  const topic = event.target.querySelector("input").value.trim();
  location.hash = `people/${[openPerson(), topic].filter(Boolean).map(encodeURIComponent).join("/")}`;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeSheet();
});
window.addEventListener("popstate", hideSheet);
window.addEventListener("hashchange", route);
phone.addEventListener("change", () => {
  if (!phone.matches) closeSheet();
});

new MutationObserver(settleConversation).observe(element, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-busy"] });
function watch(id, settle, options = {}) {
  new MutationObserver(settle).observe(document.getElementById(id), { childList: true, subtree: true, ...options });
}

function look() {
  if (!document.hidden) trigger("look");
}

function start() {
  if (!panel() || !document.querySelector("#question textarea") || !document.getElementById("person")) {
    return requestAnimationFrame(start);
  }
  watch("source", settlePanel, { attributes: true, attributeFilter: ["data-turn", "data-kind", "data-place"] });
  watch("masthead", markPage, { characterData: true }); // Gradio mends what is there, where it can
  watch("people-list", () => focusGrown("#people-list .person"));
  watch("person", settlePerson);
  watch("topic-said", markCurrent);
  setInterval(look, LOOK);
  document.addEventListener("visibilitychange", look);
  route();
}
start();
