// The New page, #new. The list says in data-watches how many watches there are; `trigger` sends an event to Python.

const list = () => document.getElementById("new-list");
const told = () => document.querySelector("#new-told .told");
const scroller = () => document.getElementById("new-scroll");
const isHere = () => document.body.dataset.page === "new";
const link = () => document.querySelector('#masthead nav a[href="#new"]');
const unread = () => link()?.querySelector(".unread");
const numbers = () => [...list().querySelectorAll(".statement")].map((row) => row.dataset.place);

let wasHere = false;
let visit = 0; // counts how often the page was entered: what was unread then stays marked
let known = null; // the items that were listed when earlier ones were asked for
let watches = null; // how many there were

function enter() {
  const enters = isHere() && !wasHere;
  wasHere = isHere();
  if (!enters) return;
  document.getElementById("new-told").querySelector(".told")?.remove();
  visit += 1;
  openNews(0);
  if (form()) trigger("offer");
  document.querySelector("#new-head h2").focus({ preventScroll: true });
}

function form() {
  return document.getElementById("watch-form");
}

function settleList() {
  const news = list().querySelector(".news");
  if (!news) return;
  if (news.dataset.watches !== watches) {
    watches = news.dataset.watches;
    if (form() && watches === "0") form().closest("details").open = true;
  }
  if (!known) return;
  const row = [...list().querySelectorAll(".statement")].find((one) => !known.includes(one.dataset.place));
  if (!row) return;
  known = null;
  row.focus();
}

// What was found while the page is open comes when it cannot move what is being read; else with a click on "New".
function settleMasthead() {
  if (!isHere() || !unread() || document.hidden) return;
  if (scroller().scrollTop === 0 && !list().contains(document.activeElement)) refresh();
}

function refresh() {
  openNews(Number(list().querySelector(".news")?.dataset.limit ?? 0));
}

function openNews(limit) {
  triggerLatest("open_news", { visit, limit });
}

function settleTold() {
  if (!told() || told().dataset.seen) return;
  told().dataset.seen = "yes";
  if (told().matches(".done")) form().reset();
  scroller().scrollTo({ top: 0 });
  told().focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (link()?.contains(event.target) && isHere()) {
    scroller().scrollTo({ top: 0 });
    refresh();
    return;
  }
  const button = event.target.closest?.("#new-page button");
  if (button?.matches(".settle")) {
    trigger("settle");
    document.querySelector("#new-head h2").focus({ preventScroll: true });
  } else if (button?.matches(".stop-watching")) trigger("stop_watching", { watch: button.dataset.watch });
  else if (button?.matches(".again")) trigger("watch", { ...button.dataset });
  else if (button?.matches(".more")) {
    known = numbers();
    openNews(Number(list().querySelector(".news").dataset.limit) + 50);
  }
});

document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  trigger("watch", Object.fromEntries(new FormData(form())));
});

function observe(id, settle, options = {}) {
  const everything = { childList: true, subtree: true, ...options };
  new MutationObserver(settle).observe(document.getElementById(id), everything);
}

function start() {
  const ids = ["new-head", "new-told", "new-list", "new-offers"];
  if (!document.body.dataset.page || !ids.every((id) => document.getElementById(id))) {
    return requestAnimationFrame(start);
  }
  observe("new-list", settleList, { attributes: true, attributeFilter: ["data-watches", "data-limit"] });
  observe("new-told", settleTold);
  observe("masthead", settleMasthead, { characterData: true });
  document.addEventListener("route", enter);
  enter();
}
start();
