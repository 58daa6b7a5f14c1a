// Copying and saving in the formats of other systems. Runs once; `trigger` sends an event to Python.
//
// A button with data-cites opens the menu of formats: data-cites names a list of the page, as data-opens does, or what
// is made of it, and data-place and the nearest data-turn the place in it. What is chosen arrives in #cited.

const SAID = 1500; // ms for which a button says "Copied"
const MARGIN = 8;

let opener = null; // the button whose menu is open; it may be drawn anew meanwhile
let wanted = null; // what its menu is for
let chosen = 0; // how many choices were made
const awaited = new Map(); // the number of a choice: what to do with what arrives

function menu() {
  return document.querySelector("#page .formats:not(#citing *)");
}

function openMenu(button) {
  closeMenu();
  const made = document.querySelector("#citing .formats").cloneNode(true);
  const saves = button.dataset.cites === "conversation";
  const name = saves ? "Save the conversation as" : "Copy as";
  made.querySelector("p").textContent = name;
  made.querySelector("ul").setAttribute("aria-label", name);
  for (const row of made.querySelectorAll("li")) {
    if (!saves && row.dataset.form === "json") row.remove();
    else if (saves) {
      const [first, second] = row.children;
      second.textContent = first.textContent;
      second.removeAttribute("aria-label");
      first.remove();
    }
  }
  // Within a sheet on a phone, everything else is out of reach.
  (button.closest("#source") ?? document.getElementById("page")).append(made);
  made.hidden = false;
  opener = button;
  const turn = button.closest("[data-turn]")?.dataset.turn ?? -1;
  wanted = { kind: button.dataset.cites, turn: Number(turn), place: Number(button.dataset.place ?? -1) };
  button.setAttribute("aria-expanded", "true");
  placeMenu();
  made.querySelector("button").focus({ preventScroll: true });
}

function placeMenu() {
  const made = menu();
  if (!made || !opener.isConnected) return;
  const at = opener.getBoundingClientRect();
  made.style.maxHeight = "";
  const { width, height } = made.getBoundingClientRect();
  const below = innerHeight - at.bottom - 2 * MARGIN;
  const isAbove = height > below && at.top > below;
  made.style.maxHeight = `${isAbove ? at.top - 2 * MARGIN : below}px`;
  const left = opener.matches(".save") ? at.right - width : at.left;
  made.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  made.style.top = `${isAbove ? Math.max(MARGIN, at.top - height - MARGIN / 2) : at.bottom + MARGIN / 2}px`;
}

function closeMenu({ returns = false } = {}) {
  menu()?.remove();
  opener?.setAttribute("aria-expanded", "false");
  if (returns) opener?.focus({ preventScroll: true });
  opener = null;
}

function choose(button) {
  const form = button.closest("li").dataset.form;
  const number = ++chosen;
  const arriving = new Promise((arrive) => awaited.set(number, arrive));
  trigger("cite", { ...wanted, form, number });
  if (button.dataset.does === "save") arriving.then(save);
  else copy(opener, arriving, form === "html");
  closeMenu({ returns: true });
}

function settleCited() {
  const made = document.querySelector("#cited [data-number]");
  const arrive = awaited.get(Number(made?.dataset.number));
  if (!arrive) return;
  awaited.delete(Number(made.dataset.number));
  const [text, plain] = [...made.children].map((part) => part.textContent);
  arrive({ text, plain, name: made.dataset.name, type: made.dataset.type });
}

function save({ text, name, type }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// The clipboard takes promises: asked later than the click, some browsers would refuse.
async function copy(button, arriving, isRich) {
  const toBlob = (type, choice) => arriving.then((came) => new Blob([choice(came)], { type }));
  const parts = isRich
    ? { "text/html": toBlob("text/html", ({ text }) => text), "text/plain": toBlob("text/plain", ({ plain }) => plain) }
    : { "text/plain": toBlob("text/plain", ({ text }) => text) };
  try {
    await navigator.clipboard.write([new ClipboardItem(parts)]);
  } catch {
    const { text, plain } = await arriving;
    copyByCommand(button, isRich ? plain : text, isRich ? text : "");
  }
  say(button, "Copied");
}

async function copyText({ button, text }) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    copyByCommand(button, text, "");
  }
  say(button, "Copied");
}

// A page served over plain http to another machine has no clipboard.
function copyByCommand(button, text, html) {
  const area = document.createElement("textarea");
  area.value = text;
  const put = (event) => {
    event.preventDefault();
    event.clipboardData.setData("text/plain", text);
    if (html) event.clipboardData.setData("text/html", html);
  };
  document.body.append(area);
  area.select();
  document.addEventListener("copy", put, { once: true });
  document.execCommand("copy");
  document.removeEventListener("copy", put);
  area.remove();
  button.focus({ preventScroll: true });
}

function say(button, words) {
  if (button.dataset.says) return;
  const label = button.textContent;
  button.dataset.says = words;
  button.textContent = words;
  setTimeout(() => {
    delete button.dataset.says;
    button.textContent = label;
  }, SAID);
}

function move(event) {
  const items = [...menu().querySelectorAll("button")];
  const columns = menu().querySelector("li").children.length;
  const at = items.indexOf(document.activeElement);
  const steps = { ArrowDown: columns, ArrowUp: -columns, ArrowRight: 1, ArrowLeft: -1 };
  const ends = { Home: 0, End: items.length - columns };
  if (event.key in steps) items[(at + steps[event.key] + items.length) % items.length].focus();
  else if (event.key in ends) items[ends[event.key]].focus();
  else if (event.key === "Escape" || event.key === "Tab") closeMenu({ returns: true });
  else return;
  event.stopImmediatePropagation();
  if (event.key !== "Tab") event.preventDefault();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#page button");
  if (button?.closest(".formats")) return choose(button);
  const isOpen = button && button === opener;
  closeMenu();
  if (button?.dataset.cites && !isOpen) openMenu(button);
});
document.addEventListener("keydown", (event) => menu() && move(event), true);
document.addEventListener(
  "scroll",
  (event) => {
    if (!menu()?.contains(event.target)) placeMenu();
  },
  true,
);
window.addEventListener("resize", placeMenu);
document.addEventListener("copy-text", (event) => copyText(event.detail));

function start() {
  if (!document.getElementById("cited")) return requestAnimationFrame(start);
  const options = { childList: true, subtree: true, attributes: true, characterData: true };
  new MutationObserver(settleCited).observe(document.getElementById("cited"), options);
}
start();
