// The People page: #people is the list, #people/Dmitry%20Peskov his statements, #people/Dmitry%20Peskov/Tartous those on
// a topic. An editor corrects who is who in forms that say what they are for in data-what. `trigger` sends an event to Python.

const phone = window.matchMedia("(max-width: 899px)");
const list = () => document.getElementById("people-list");
const personPage = () => document.querySelector("#person .person-page");
const soughtBox = () => document.getElementById("sought-name");

let typing = 0; // the timer that waits for the next letter of a name
let lastPerson; // whose statements are on the page
let isUnfolded = false; // whether the corrections above the list are shown
let grownFrom = null; // how many rows a list had when more were asked for

function readAddress() {
  const [, name = "", topic = ""] = location.hash.slice(1).split("/");
  try {
    return [decodeURIComponent(name), decodeURIComponent(topic)];
  } catch {
    return ["", ""];
  }
}

function enter() {
  const isHere = document.body.dataset.page === "people";
  const [name, topic] = isHere ? readAddress() : ["", ""];
  const wasOnPerson = document.body.classList.contains("on-person");
  document.body.classList.toggle("on-person", Boolean(name));
  if (!isHere) return;
  document.getElementById("sought-topic").value = "";
  if (!list().querySelector("p")) listPeople();
  if (name) {
    if (openPerson() === name && openTopic() === topic) focusPerson();
    else triggerLatest("open_person", { name, topic });
  } else if (wasOnPerson) {
    [...list().querySelectorAll(".person")]
      .find((row) => decodeURIComponent(row.hash) === `#people/${openPerson()}`)
      ?.focus();
  } else if (!phone.matches) {
    soughtBox().focus({ preventScroll: true });
  }
}

function listPeople(shown = null) {
  triggerLatest("list_people", { sought: soughtBox().value, shown, open: isUnfolded });
}

function openPerson() {
  return personPage()?.dataset.person;
}

function openTopic() {
  return personPage()?.dataset.topic ?? "";
}

function settlePerson() {
  focusGrown("#person .statement");
  const person = `${openPerson()}/${openTopic()}`;
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

// Corrections

function toggleForms(button) {
  const forms = document.getElementById("correct-person");
  forms.hidden = !forms.hidden;
  button.setAttribute("aria-expanded", String(!forms.hidden));
  if (!forms.hidden) forms.querySelector("input").focus();
}

function askWhoSaid(button) {
  const form = document.querySelector("#person .give");
  form.dataset.place = button.closest("li").querySelector(".statement").dataset.place;
  form.reset();
  form.hidden = false;
  button.closest("li").append(form);
  form.querySelector("input").focus();
}

function sendCorrection(form, submitter) {
  const sent = { what: form.dataset.what, ...Object.fromEntries(new FormData(form)) };
  if (sent.what === "split") {
    sent.articles = [...form.querySelectorAll("input:checked")].map((box) => Number(box.value));
  } else if (sent.what === "statement") {
    sent.place = Number(form.dataset.place);
    if (submitter?.value === "nobody") sent.to = "";
  }
  trigger("correct", sent);
}

function settleNews() {
  const told = document.querySelector("#people-news .told");
  if (!told || told.dataset.seen) return;
  told.dataset.seen = "yes";
  told.focus({ preventScroll: true });
  if (told.dataset.address === undefined) return; // it was refused
  listPeople(list().querySelectorAll(".person").length || null);
  const address = `#${told.dataset.address}`;
  if (document.body.classList.contains("on-person") && location.hash !== address) location.replace(address);
}

document.addEventListener("click", (event) => {
  const clicked = event.target.closest?.("#people-page button");
  if (clicked?.matches(".correct-toggle")) toggleForms(clicked);
  else if (clicked?.matches(".not-theirs")) askWhoSaid(clicked);
  else if (clicked?.matches(".undo")) trigger("undo", { key: clicked.dataset.key });
  else if (clicked?.matches(".merge-suggested")) trigger("correct", { what: "merge-suggested", ...clicked.dataset });
  else if (clicked?.matches(".cancel-give")) {
    const form = clicked.closest("form");
    form.hidden = true;
    form.closest("li").querySelector(".not-theirs").focus();
  }
});

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches?.("#people-list .corrections")) isUnfolded = event.target.open;
  },
  true, // the event does not bubble
);

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#person .correction")) return;
  event.preventDefault();
  sendCorrection(event.target, event.submitter);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#people-page .more");
  if (button?.dataset.more === "people") {
    grownFrom = list().querySelectorAll(".person").length;
    listPeople(2 * grownFrom);
  } else if (button) {
    grownFrom = document.querySelectorAll("#person .statement").length;
    trigger("show_more");
  }
});

document.addEventListener("input", (event) => {
  if (event.target !== soughtBox()) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    list().scrollTo({ top: 0 });
    listPeople();
  }, 120);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#person .narrow")) return;
  event.preventDefault();
  const topic = event.target.querySelector("input").value.trim();
  location.hash = `people/${[openPerson(), topic].filter(Boolean).map(encodeURIComponent).join("/")}`;
});

function observe(id, settle) {
  new MutationObserver(settle).observe(document.getElementById(id), { childList: true, subtree: true });
}

function start() {
  const ids = ["sought-name", "sought-topic", "people-news", "people-list", "person"];
  if (!document.body.dataset.page || !ids.every((id) => document.getElementById(id))) {
    return requestAnimationFrame(start);
  }
  observe("people-list", () => focusGrown("#people-list .person"));
  observe("person", settlePerson);
  observe("people-news", settleNews);
  document.addEventListener("route", enter);
  enter();
}
start();
