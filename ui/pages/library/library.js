// The Library page. `trigger` sends an event to Python, and `upload` a file to Gradio. The data-serial of the table tells
// one list from another; a click sends it with a place in the list.

const byId = (id) => document.getElementById(id);
const list = () => document.querySelector("#library-table table");
const box = () => byId("sought-article");
const files = () => byId("added-files");
const isHere = () => document.body.dataset.page === "library";

let typing = 0; // the timer that waits for the next letter
let wanted = null; // finds the element to focus when the table has been rendered again
let focused = null; // the class and the name of the button in the table that has the focus
let isSending = false;
let depth = 0; // how many nested elements a file is being dragged over

function listArticles(changes = {}) {
  const table = list();
  triggerLatest("list_articles", {
    sought: box()?.value ?? "",
    ...(table && { column: table.dataset.column, descending: table.dataset.descending === "1" }),
    ...changes,
  });
}

function sort(column) {
  const { column: before, descending } = list().dataset;
  // Names begin with A, numbers with the highest, dates with the latest.
  const first = ["date", "sentences", "people"].includes(column);
  wanted = () => document.querySelector(`#library-page .sort[data-column="${column}"]`);
  listArticles({ column, descending: column === before ? descending !== "1" : first });
}

function sendRow(name, button, more = {}) {
  trigger(name, { place: Number(button.dataset.place), serial: Number(list()?.dataset.serial), ...more });
}

function focusWanted() {
  const found = wanted?.() ?? findFocused();
  if (!found) return;
  wanted = null;
  found.focus({ preventScroll: !found.matches(".sure, .undo") });
}

const nameOf = (button) => button.ariaLabel ?? button.textContent;

// Keeps the focus where it was when the table is rendered again, which can happen at any time: Gradio would turn one row
// into another.
function findFocused() {
  const at = document.activeElement;
  if (!focused || !(at === document.body || at.closest("#library-table"))) return null;
  const buttons = document.querySelectorAll(`#library-table .${focused.kind}`);
  const same = [...buttons].filter((button) => nameOf(button) === focused.name);
  return same.includes(at) ? null : same[0];
}

// After a sync that this page did not start, the table is older than the masthead. A question in it stays open.
function catchUp() {
  const synced = document.querySelector("#masthead header")?.dataset.synced;
  if (!isHere() || !list() || synced === list().dataset.synced || document.querySelector("#library-page .sure")) return;
  listArticles({ shown: Number(list().dataset.shown) });
}

function showSending(text) {
  document.querySelector("#library-tools .sending").textContent = text;
}

function isTooLarge(file) {
  const { limit, packedLimit, packed } = files().dataset;
  const suffix = /\.[^.]*$/.exec(file.name)?.[0].toLowerCase() ?? "";
  return file.size > Number(packed.split(",").includes(suffix) ? packedLimit : limit);
}

async function add(chosen) {
  if (!files() || isSending || !chosen.length) return;
  isSending = true;
  const sent = [];
  for (const [i, file] of chosen.entries()) {
    showSending(`Sending file ${(i + 1).toLocaleString("en")} of ${chosen.length.toLocaleString("en")} …`);
    let path = null;
    let status = 0;
    if (!isTooLarge(file)) {
      try {
        // Gradio would remove letters from the file's own name, which is sent separately.
        ({ path } = await upload(new File([file], "upload.bin")));
      } catch (error) {
        // A folder, a broken connection, or a full server: Python says which.
        status = Number(/^HTTP (\d+)/.exec(error?.message)?.[1] ?? 0);
      }
    }
    // Gradio would look for a "path" in its own folder.
    sent.push({ name: file.name, size: file.size, uploaded: path, status });
  }
  showSending("");
  isSending = false;
  trigger("add_files", { files: sent });
}

function carriesFiles(event) {
  return isHere() && files() && [...(event.dataTransfer?.types ?? [])].includes("Files");
}

function showTarget(isOver) {
  document.body.classList.toggle("dropping", isOver);
}

document.addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth += 1;
  showTarget(true);
});
document.addEventListener("dragover", (event) => {
  if (carriesFiles(event)) event.preventDefault();
});
document.addEventListener("dragleave", (event) => {
  if (!carriesFiles(event)) return;
  depth = Math.max(0, depth - 1);
  if (!depth) showTarget(false);
});
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  showTarget(false);
  add([...event.dataTransfer.files]);
});

document.addEventListener("change", (event) => {
  if (event.target !== files()) return;
  const chosen = [...event.target.files];
  event.target.value = "";
  add(chosen);
});

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    byId("library-scroll").scrollTo({ top: 0 });
    listArticles();
  }, 120);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#library-page button, #source .close");
  if (!button) return;
  const place = button.dataset.place;
  if (button.matches(".sort")) sort(button.dataset.column);
  else if (button.matches(".more-articles")) {
    const before = Number(list().dataset.shown);
    wanted = () => document.querySelectorAll("#library-page tr.row")[before]?.querySelector("button");
    listArticles({ shown: 2 * before });
  } else if (button.matches(".remove")) {
    wanted = () => document.querySelector("#library-page .sure");
    sendRow("ask_remove", button);
  } else if (button.matches(".keep")) {
    const asked = button.closest("tr").previousElementSibling.dataset.place;
    wanted = () => document.querySelector(`#library-page .remove[data-place="${asked}"]`);
    trigger("cancel_remove");
  } else if (button.matches(".sure")) {
    wanted = () => document.querySelector(`#library-page .undo[data-place="${place}"]`) ?? document.querySelector("#library-page .undo");
    sendRow("remove", button);
  } else if (button.matches(".undo")) {
    wanted = () => document.querySelector(`#library-page .remove[data-place="${place}"]`);
    sendRow("undo_remove", button);
  } else if (button.matches(".put-back")) trigger("put_back", { removed: Number(button.dataset.removed) });
  else if (button.matches(".sync")) trigger("sync_now");
  else if (button.matches(".add-taken, .leave-taken")) {
    trigger("settle_taken", { token: button.dataset.token, add: button.matches(".add-taken") });
  } else if (button.matches(".dismiss")) {
    trigger("dismiss");
    byId("added-files")?.focus();
  } else if (button.matches(".close") && !document.body.classList.contains("sheet-open")) {
    document.body.classList.add("article-closed"); // beside the table; on a phone, app.js closes the sheet
    document.querySelector("#library-page :is(.read, .copies-open)[aria-current]")?.focus();
  } else if (button.matches(".read, .copies-open")) document.body.classList.remove("article-closed");
});

document.addEventListener("focusin", (event) => {
  const button = event.target.closest("#library-table button");
  focused = button && { kind: button.classList[0], name: nameOf(button) };
});
document.addEventListener("pointerdown", () => (focused = null));

function enter() {
  if (!isHere()) return;
  listArticles();
  if (window.matchMedia("(min-width: 900px)").matches) box()?.focus({ preventScroll: true });
}

function start() {
  const ids = ["sought-article", "library-table"];
  if (!document.body.dataset.page || !ids.every((id) => document.getElementById(id))) {
    return requestAnimationFrame(start);
  }
  const everything = { childList: true, subtree: true, attributes: true };
  new MutationObserver(focusWanted).observe(byId("library-table"), { ...everything, attributeFilter: ["data-serial"] });
  new MutationObserver(catchUp).observe(byId("masthead"), { ...everything, attributeFilter: ["data-synced"] });
  document.addEventListener("route", enter);
  enter();
}
start();
