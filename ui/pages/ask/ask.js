// The Ask page: its turns, the card beside a citation's number, the buttons under an answer, filters and links.
// `trigger` sends an event to Python.

const LEAVING = 160; // ms for the pointer to cross from a number to its card
const FIND = 1000; // ms between checks for new examples
const phone = window.matchMedia("(max-width: 899px)");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const conversation = () => document.getElementById("conversation"); // which scrolls
const filterForm = () => document.getElementById("filter-form");
const questionBox = () => document.querySelector("#question textarea");

let revision = 0; // of the turns on the page
let cardFor = null; // the number whose card is shown
let cardTimer = 0;
let offerTimer = 0;
let editing = false; // whether a question to edit is about to arrive in the question box
let linked = ""; // the question in the address
let lastTurn = ""; // how many turns there were, and whether the last was being answered

// The turns from data-first on arrive as text, out of data-total. If two parts arrive at once, the page sees only the
// later one, and asks for all turns.

function settleTurns() {
  const part = document.querySelector("#part .part");
  const got = Number(part?.dataset.revision);
  // Ignore an earlier revision, unless it is from a restarted server whose clock was set back.
  if (!part || (got <= revision && got > revision - 1000)) return;
  const first = Number(part.dataset.first);
  if (first && got !== revision + 1) return triggerLatest("send_all");
  revision = got;
  const made = document.createElement("template");
  made.innerHTML = part.textContent;
  const turns = conversation().querySelector(".turns");
  while (turns.children.length > Number(part.dataset.total)) turns.lastChild.remove();
  [...made.content.children].forEach((turn, i) => mend(turns, turns.children[first + i], turn));
}

// The examples arrive as text, too, with the data-synced of the masthead that they belong to. If the masthead has another
// one now, there are new examples, which are found when they are asked for.

const opening = () => conversation().querySelector(".opening");

function settleExamples() {
  const found = document.querySelector("#examples .found");
  if (!found) return;
  const made = document.createElement("div");
  made.className = "offered";
  made.innerHTML = found.textContent;
  mend(opening(), opening().querySelector(".offered"), made);
}

function findExamples() {
  const found = document.querySelector("#examples .found")?.dataset.synced;
  if (document.hidden || !opening()?.checkVisibility()) return;
  if (found !== document.querySelector("#masthead header")?.dataset.synced) trigger("find_examples");
}

// Make a node equal to another with as few changes as possible, so that the focus and what is being typed stay.
function mend(parent, node, like) {
  if (!node) return parent.append(like.cloneNode(true));
  if (node.dataset?.says) return; // it says "Copied" at the moment
  if (node.nodeName !== like.nodeName) return node.replaceWith(like.cloneNode(true));
  if (!(node instanceof Element)) {
    if (node.data !== like.data) node.data = like.data;
    return;
  }
  for (const { name } of [...node.attributes]) {
    if (name !== "open" && !like.hasAttribute(name)) node.removeAttribute(name); // what a visitor has opened stays open
  }
  for (const { name, value } of like.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  while (node.childNodes.length > like.childNodes.length) node.lastChild.remove();
  [...like.childNodes].forEach((child, i) => mend(node, node.childNodes[i], child));
}

function settleConversation() {
  const turns = conversation().querySelectorAll(".turn");
  const turn = turns[turns.length - 1];
  const state = turn ? `${turns.length} ${turn.hasAttribute("aria-busy")}` : "";
  document.body.classList.toggle("talking", Boolean(turn));
  if (state === lastTurn) return;
  lastTurn = state;
  const top = turn && turns.length > 1 ? turn.offsetTop : 0;
  conversation().scrollTo({ top, behavior: top && !still.matches ? "smooth" : "auto" });
}

function focusQuestion() {
  // On a phone the keyboard would cover half the page.
  if (!phone.matches) questionBox().focus({ preventScroll: true });
}

// The card

function card() {
  let shown = document.getElementById("citation-card");
  if (!shown) {
    shown = document.createElement("div");
    shown.id = "citation-card";
    shown.hidden = true;
    shown.setAttribute("role", "tooltip");
    shown.addEventListener("pointerenter", () => clearTimeout(cardTimer));
    shown.addEventListener("pointerleave", leaveCard);
    document.getElementById("page").append(shown);
  }
  return shown;
}

function showCard(chip) {
  clearTimeout(cardTimer);
  const source = chip.closest(".turn")?.querySelector(`.cards .card[data-number="${chip.dataset.number}"]`);
  if (!source || cardFor === chip) return;
  hideCard();
  const shown = card();
  shown.replaceChildren(...[...source.childNodes].map((node) => node.cloneNode(true)));
  shown.hidden = false;
  cardFor = chip;
  placeCard();
}

function placeCard() {
  if (!cardFor) return;
  const at = cardFor.getBoundingClientRect();
  const view = conversation().getBoundingClientRect();
  if (!cardFor.isConnected || at.bottom < view.top || at.top > view.bottom) return hideCard();
  const shown = card();
  cardFor.setAttribute("aria-describedby", shown.id); // a new rendering removes it
  shown.style.maxHeight = "";
  const { width, height } = shown.getBoundingClientRect();
  const [above, below] = [at.top - 16, innerHeight - at.bottom - 16]; // with a margin of 8 at both ends
  const isAbove = height <= above || above >= below;
  shown.style.maxHeight = `min(60vh, ${isAbove ? above : below}px)`; // it must not cover the number
  const left = at.left + at.width / 2 - width / 2;
  shown.style.left = `${Math.max(10, Math.min(left, innerWidth - width - 10))}px`;
  shown.style.top = `${isAbove ? at.top - 8 - shown.offsetHeight : at.bottom + 8}px`;
}

function hideCard() {
  clearTimeout(cardTimer);
  card().hidden = true;
  cardFor?.removeAttribute("aria-describedby");
  cardFor = null;
}

function leaveCard() {
  clearTimeout(cardTimer);
  cardTimer = setTimeout(hideCard, LEAVING);
}

const chipOf = (event) => event.target.closest?.("#conversation .chip");

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "touch" && chipOf(event)) showCard(chipOf(event));
});
document.addEventListener("pointerout", (event) => {
  if (chipOf(event) && document.activeElement !== chipOf(event)) leaveCard();
});
document.addEventListener("focusin", (event) => {
  if (chipOf(event)?.matches(":focus-visible")) showCard(chipOf(event));
});
document.addEventListener("focusout", (event) => {
  if (chipOf(event)) leaveCard();
});
document.addEventListener("scroll", placeCard, true); // the focus may have scrolled to a number
window.addEventListener("resize", placeCard);

// The buttons of a turn

function copyLink(button) {
  const text = location.origin + location.pathname + button.dataset.link;
  document.dispatchEvent(new CustomEvent("copy-text", { detail: { button, text } })); // see assets/citing.js
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#ask-page button, #masthead button");
  if (!button) return;
  const turn = Number(button.closest("[data-turn]")?.dataset.turn);
  if (button.matches(".chip")) hideCard();
  else if (button.matches(".copy-link")) copyLink(button);
  else if (button.matches(".example")) {
    trigger("ask_example", { question: button.textContent });
    focusQuestion();
  } else if (button.matches(".stop")) {
    trigger("stop");
    focusQuestion();
  } else if (button.matches(".retry")) {
    trigger("ask_again", { turn });
    focusQuestion();
  } else if (button.matches(".next")) {
    trigger("ask_next", { place: Number(button.dataset.next) });
    focusQuestion();
  } else if (button.matches(".edit")) {
    editing = true;
    triggerLatest("edit", { turn });
  } else if (button.matches(".keep")) {
    triggerLatest("cancel_edit");
    focusQuestion();
  } else if (button.matches(".vote")) trigger("vote", { turn, vote: button.dataset.vote });
  else if (button.matches(".filters-toggle")) toggleFilters();
  else if (button.matches(".clear-filters")) {
    filterForm().reset();
    sendFilters();
    document.querySelector(".filters-toggle")?.focus();
  } else if (button.matches(".restart")) {
    filterForm().reset();
    trigger("start_over");
    focusQuestion();
  }
});

document.addEventListener("ask", (event) => {
  trigger("ask_example", { question: event.detail });
  focusQuestion();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form === filterForm()) {
    event.preventDefault();
    sendFilters();
  } else if (form.matches("#conversation .comment")) {
    event.preventDefault();
    const turn = form.closest(".turn");
    trigger("vote", {
      turn: Number(turn.dataset.turn),
      vote: turn.querySelector('.vote[aria-pressed="true"]').dataset.vote,
      comment: form.querySelector("textarea").value,
    });
    focusQuestion();
  }
});

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape") return;
    if (cardFor) {
      hideCard();
      event.stopImmediatePropagation();
    } else if (conversation().querySelector(".turn[aria-busy]")) trigger("stop");
  },
  true,
);

// Filters

function toggleFilters() {
  filterForm().hidden = !filterForm().hidden;
  settleTools();
  if (!filterForm().hidden) filterForm().querySelector("input").focus();
}

function sendFilters() {
  triggerLatest("filter", Object.fromEntries(new FormData(filterForm())));
}

function settleTools() {
  const toggle = document.querySelector(".filters-toggle");
  const expanded = String(!filterForm().hidden);
  // Setting it again would call the observer again, endlessly.
  if (toggle && toggle.getAttribute("aria-expanded") !== expanded) toggle.setAttribute("aria-expanded", expanded);
}

document.addEventListener("change", (event) => {
  if (event.target.form && event.target.form === filterForm()) sendFilters();
});
document.addEventListener("input", (event) => {
  const { form, name, value, type } = event.target;
  if (!form || form !== filterForm() || type === "date") return;
  clearTimeout(offerTimer);
  offerTimer = setTimeout(() => triggerLatest("offer", { name, sought: value }), 120);
});

// The address: ?q= asks a question, and is removed when another is asked.

function askAddress() {
  const given = new URLSearchParams(location.search);
  linked = given.get("q") ?? "";
  if (!linked.trim()) return;
  for (const input of filterForm().querySelectorAll("input")) input.value = given.get(input.name) ?? "";
  trigger("ask_link", { ...Object.fromEntries(given), q: linked, after: given.getAll("after") });
}

function settleAddress() {
  const asked = conversation().querySelectorAll(".asked");
  if (!linked) return;
  if (asked.length === 1 && asked[0].textContent === linked.trim()) settleAddress.seen = true;
  else if (settleAddress.seen) {
    linked = "";
    history.replaceState(history.state, "", location.pathname + location.hash);
  }
}

function settleEditing() {
  settleTools();
  if (!editing || !document.querySelector("#tools .editing")) return;
  editing = false;
  const box = questionBox();
  box.focus();
  requestAnimationFrame(() => box.setSelectionRange(box.value.length, box.value.length));
}

function enter() {
  if (document.body.dataset.page === "ask") focusQuestion();
}

function observe(id, settle, ...attributes) {
  const options = attributes.length ? { attributes: true, attributeFilter: attributes } : {};
  const everything = { childList: true, subtree: true, characterData: true };
  new MutationObserver(settle).observe(document.getElementById(id), { ...everything, ...options });
}

function settleTurnsShown() {
  settleConversation();
  settleAddress();
  placeCard();
}

function start() {
  const ids = ["filter-form", "part", "examples"];
  if (!document.body.dataset.page || !questionBox() || !ids.every((id) => document.getElementById(id))) {
    return requestAnimationFrame(start);
  }
  observe("conversation", settleTurnsShown, "aria-busy");
  observe("part", settleTurns, "data-revision");
  observe("examples", settleExamples, "data-synced");
  setInterval(findExamples, FIND);
  findExamples();
  observe("tools", settleEditing, "aria-expanded");
  settleTools();
  askAddress();
  document.addEventListener("route", enter);
  enter();
}
start();
