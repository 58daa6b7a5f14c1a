// The page of statements on a topic, #topic/Tartous. Runs once, when Gradio has put the plot on the page; `element` is
// its root and `trigger` sends an event to Python. The plot says by data-topic what it is of.

const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const list = () => document.getElementById("topic-said");
const box = () => document.getElementById("sought-topic");
const points = () => [...element.querySelectorAll(".point")];
const pressed = () => element.querySelector('.point[aria-pressed="true"]');

let lastTopic; // what is on the page
let toShow = false; // whether the list is to be brought into view when it is there
let grownFrom = null; // how many statements were listed when more were asked for

function readTopic() {
  const found = /^#topic\/?(.*)$/s.exec(location.hash);
  if (!found) return null;
  try {
    return decodeURIComponent(found[1]).trim();
  } catch {
    return "";
  }
}

function route() {
  const topic = readTopic();
  document.body.classList.toggle("on-topic", topic !== null);
  if (topic === null) {
    if (box()) box().value = "";
    return;
  }
  box().value = topic;
  if (openTopic() === topic) focusTopic();
  else ask(topic);
}

function openTopic() {
  return element.querySelector(".topic-page")?.dataset.topic;
}

function ask(topic) {
  document.getElementById("topic-page").setAttribute("aria-busy", "true");
  lastTopic = undefined;
  trigger("topic", { topic });
}

function focusTopic() {
  (element.querySelector("h2") ?? box()).focus({ preventScroll: true });
}

function settleTopic() {
  const topic = openTopic();
  if (topic === undefined || topic === lastTopic) return;
  lastTopic = topic;
  const page = document.getElementById("topic-page");
  page.removeAttribute("aria-busy");
  page.scrollTo({ top: 0 });
  const sideways = element.querySelector(".sideways");
  if (sideways) sideways.scrollLeft = sideways.scrollWidth; // the latest is seen first
  if (readTopic() !== null) focusTopic();
}

function settleList() {
  if (grownFrom !== null) {
    const row = list().querySelectorAll(".statement")[grownFrom];
    if (row) {
      grownFrom = null;
      row.focus({ preventScroll: true });
    }
  }
  const line = list().querySelector(".chosen-line");
  if (!toShow || !line) return;
  toShow = false;
  const page = document.getElementById("topic-page").getBoundingClientRect();
  const below = line.getBoundingClientRect().top - (page.top + page.height * 0.55);
  if (below > 0) {
    document.getElementById("topic-page").scrollBy({ top: below, behavior: still.matches ? "auto" : "smooth" });
  }
}

function choose(point) {
  const again = point === pressed();
  pressed()?.setAttribute("aria-pressed", "false");
  if (point && !again) point.setAttribute("aria-pressed", "true");
  toShow = Boolean(point && !again);
  const at = again || !point ? { row: -1, column: -1 } : placeOf(point);
  trigger("point", at);
}

function placeOf(point) {
  return { row: Number(point.dataset.row), column: Number(point.dataset.column) };
}

function tell(point) {
  const line = element.querySelector(".pointed");
  if (!line) return;
  line.textContent = point?.getAttribute("aria-label") ?? "";
  line.parentElement.classList.toggle("telling", Boolean(point));
}

// One point is reached by Tab, the others by the arrow keys.

function neighbour(point, key, whole) {
  const { row, column } = placeOf(point);
  const all = points();
  const own = all.filter((other) => placeOf(other).row === row);
  if (key === "ArrowLeft") return own[own.indexOf(point) - 1];
  if (key === "ArrowRight") return own[own.indexOf(point) + 1];
  if (key === "Home") return (whole ? all : own)[0];
  if (key === "End") return (whole ? all : own).at(-1);
  if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
  const next = row + (key === "ArrowDown" ? 1 : -1); // each row has a point
  const far = (other) => Math.abs(placeOf(other).column - column);
  return all.filter((other) => placeOf(other).row === next).sort((one, other) => far(one) - far(other))[0];
}

element.addEventListener("keydown", (event) => {
  const point = event.target.closest?.(".point");
  if (!point || event.altKey || event.metaKey) return;
  const next = neighbour(point, event.key, event.ctrlKey);
  if (/^(Arrow|Home|End)/.test(event.key)) event.preventDefault();
  next?.focus();
});

element.addEventListener("focusin", (event) => {
  const point = event.target.closest?.(".point");
  if (!point) return;
  for (const other of points()) other.tabIndex = other === point ? 0 : -1;
  tell(point);
});

element.addEventListener("focusout", () => tell(null));
element.addEventListener("pointerover", (event) => tell(event.target.closest?.(".point") ?? null));
element.addEventListener("pointerleave", () => tell(null));

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.matches("#topic .point")) choose(button);
  else if (button?.matches("#topic-said .all-points")) {
    const point = pressed();
    choose(null);
    point?.focus({ preventScroll: true });
  } else if (button?.matches("#topic-said .more")) {
    grownFrom = list().querySelectorAll(".statement").length;
    trigger("grow");
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#sought .topic-form")) return;
  event.preventDefault();
  const topic = box().value.trim();
  if (readTopic() === topic) ask(topic); // the articles may have changed
  else location.hash = `topic/${encodeURIComponent(topic)}`;
});

window.addEventListener("hashchange", route);

function start() {
  if (!list() || !box()) return requestAnimationFrame(start);
  new MutationObserver(settleTopic).observe(element, { childList: true, subtree: true });
  new MutationObserver(settleList).observe(list(), { childList: true, subtree: true });
  route();
}
start();
