// form[data-call]: the buttons beside numbers ask the own phone to call without leaving the page. [data-call-bar]: the call
// that is going on, at the foot of the page, fresh by the stream of events. [data-since]: how long they have talked.
import { show } from "./toast.js";

// Whether a call may be going on is remembered, so that other pages need not ask.
const FLAG = "crm-call-until";
const HOUR_MS = 3600_000;
const SAME_PRESS_MS = 5000;

let last = { whom: "", key: "", at: 0 };
let timer = 0;

export function start() {
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || !("call" in event.target.dataset)) return;
    event.preventDefault();
    ask(event.target, event.submitter);
  });
  document.body.addEventListener("crm:call", () => {
    remember();
    draw();
  });
  if (Number(localStorage.getItem(FLAG)) > Date.now()) draw();
}

export function enhance(root) {
  clearInterval(timer);
  const clock = (root instanceof Document ? root : document).querySelector("[data-since]");
  if (!clock) return;
  const tick = () => { clock.textContent = spell(Date.now() - Number(clock.dataset.since)); };
  tick();
  timer = setInterval(tick, 1000);
}

function spell(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function remember() {
  localStorage.setItem(FLAG, String(Date.now() + HOUR_MS));
}

async function ask(form, button) {
  if (!button) return;
  const whom = button.value;
  // However often the button is pressed: the same press is the same request.
  if (whom !== last.whom || Date.now() - last.at > SAME_PRESS_MS) last = { whom, key: crypto.randomUUID?.() ?? "", at: Date.now() };
  const body = new URLSearchParams(new FormData(form));
  body.set("whom", whom);
  body.set("key", last.key);
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") return show("Вы вышли из системы. Войдите в соседней вкладке и повторите.", "error");
    const said = await answer.json();
    if (!said.ok) return show(said.detail, "error");
    remember();
    await draw();
  } catch {
    show("Нет связи с сервером. Попробуйте ещё раз.", "error");
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Asks what is going on. What is being typed there stays. */
async function draw() {
  const bar = document.querySelector("[data-call-bar]");
  if (!bar || document.hidden) return later();
  let text;
  try {
    const answer = await fetch("/calls/bar/", { headers: { "HX-Request": "true" }, cache: "no-store" });
    if (!answer.ok) return;
    text = await answer.text();
  } catch {
    return;
  }
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  const isTyping = [...bar.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field.value);
  const main = fresh.content.querySelector(".call-main");
  if (isTyping && main && bar.querySelector(".call-main")) bar.querySelector(".call-main").replaceWith(main);
  else bar.replaceChildren(fresh.content);
  if (!bar.firstElementChild) localStorage.removeItem(FLAG);
  window.htmx?.process(bar);
  enhance(document);
}

function later() {
  document.addEventListener("visibilitychange", draw, { once: true });
}
