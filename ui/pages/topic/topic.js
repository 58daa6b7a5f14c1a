// The Topic page, #topic/Tartous. The data-topic of the plot is its topic; `trigger` sends an event to Python.

const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const plot = () => document.getElementById("topic");
const list = () => document.getElementById("topic-statements");
const box = () => document.getElementById("shown-topic");
const scroller = () => document.getElementById("topic-scroll");
const points = () => [...plot().querySelectorAll(".point")];
const pressed = () => plot().querySelector('.point[aria-pressed="true"]');

let lastTopic; // the topic on the page
let toShow = false; // whether to scroll to the list when it arrives
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

function enter() {
  const topic = readTopic();
  if (topic === null) return;
  box().value = topic;
  if (openTopic() === topic) focusTopic();
  else requestTopic(topic);
}

function openTopic() {
  return plot().querySelector(".topic-page")?.dataset.topic;
}

function requestTopic(topic) {
  scroller().setAttribute("aria-busy", "true");
  lastTopic = undefined;
  triggerLatest("open_topic", { topic });
}

function focusTopic() {
  (plot().querySelector("h2") ?? box()).focus({ preventScroll: true });
}

function settleTopic() {
  const topic = openTopic();
  if (topic === undefined || topic === lastTopic) return;
  lastTopic = topic;
  scroller().removeAttribute("aria-busy");
  scroller().scrollTo({ top: 0 });
  const sideways = plot().querySelector(".sideways");
  if (sideways) sideways.scrollLeft = sideways.scrollWidth; // show the latest first
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
  const view = scroller().getBoundingClientRect();
  const below = line.getBoundingClientRect().top - (view.top + view.height * 0.55);
  if (below > 0) scroller().scrollBy({ top: below, behavior: still.matches ? "auto" : "smooth" });
}

function choose(point) {
  const again = point === pressed();
  pressed()?.setAttribute("aria-pressed", "false");
  if (point && !again) point.setAttribute("aria-pressed", "true");
  toShow = Boolean(point && !again);
  const at = again || !point ? { row: -1, column: -1 } : placeOf(point);
  triggerLatest("choose_point", at);
}

function placeOf(point) {
  return { row: Number(point.dataset.row), column: Number(point.dataset.column) };
}

function describePoint(point) {
  const line = plot().querySelector(".pointed");
  if (!line) return;
  line.textContent = point?.getAttribute("aria-label") ?? "";
  line.parentElement.classList.toggle("has-point", Boolean(point));
}

// Tab reaches one point, the arrow keys the others.

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

function listenToPlot() {
  plot().addEventListener("keydown", (event) => {
    const point = event.target.closest?.(".point");
    if (!point || event.altKey || event.metaKey) return;
    const next = neighbour(point, event.key, event.ctrlKey);
    if (/^(Arrow|Home|End)/.test(event.key)) event.preventDefault();
    next?.focus();
  });
  plot().addEventListener("focusin", (event) => {
    const point = event.target.closest?.(".point");
    if (!point) return;
    for (const other of points()) other.tabIndex = other === point ? 0 : -1;
    describePoint(point);
  });
  plot().addEventListener("focusout", () => describePoint(null));
  plot().addEventListener("pointerover", (event) => describePoint(event.target.closest?.(".point") ?? null));
  plot().addEventListener("pointerleave", () => describePoint(null));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (button?.matches("#topic .point")) choose(button);
  else if (button?.matches("#topic-statements .all-points")) {
    const point = pressed();
    choose(null);
    point?.focus({ preventScroll: true });
  } else if (button?.matches("#topic-statements .more")) {
    grownFrom = list().querySelectorAll(".statement").length;
    trigger("show_more");
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".topic-form")) return; // on this page or on the People page
  event.preventDefault();
  const topic = event.target.querySelector("input").value.trim();
  if (readTopic() === topic) requestTopic(topic); // the articles may have changed
  else location.hash = `topic/${encodeURIComponent(topic)}`;
});

function start() {
  const ids = ["shown-topic", "topic", "topic-statements"];
  if (!document.body.dataset.page || !ids.every((id) => document.getElementById(id))) {
    return requestAnimationFrame(start);
  }
  new MutationObserver(settleTopic).observe(plot(), { childList: true, subtree: true });
  new MutationObserver(settleList).observe(list(), { childList: true, subtree: true });
  listenToPlot();
  document.addEventListener("route", enter);
  enter();
}
start();
