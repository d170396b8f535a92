// form[data-call]: the buttons beside numbers ask the own phone to call without leaving the page. [data-call-bar]: the call
// that is going on, at the foot of the page, fresh by the stream of events; [data-again]: after how many milliseconds it is
// asked for without a word, too. [data-talked]: how long they have talked, by the server's clock, when this came. [data-final]:
// nothing more is to come and nothing is asked, so the bar goes by itself. [data-call-said] tells all of it to a screen reader.
import { show } from "./toast.js";

// Whether a call may be going on is remembered, so that other pages need not ask.
const FLAG = "crm-call-until";
const HOUR_MS = 3600_000;
// The last thing that was told to its end: the call and its state.
const TOLD = "crm-call-told";
const SAME_PRESS_MS = 5000;
// After a question that got no answer.
const RETRY_MS = 15_000;
// How long the bar stays that has nothing more to say.
const STAY_MS = 15_000;

const NONE = { whom: "", key: "", at: 0 };

let last = NONE;
let timer = 0;
let again = 0;
let leaving = 0;
// The bar that is about to go.
let final = null;
// When the talk of each clock began, on the clock of this page: what the computer takes for the time does not matter.
const began = new WeakMap();

export function start() {
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement)) return;
    // A press after that is meant anew, however soon it comes.
    if ("callCancel" in event.target.dataset) last = NONE;
    if (!("call" in event.target.dataset)) return;
    event.preventDefault();
    ask(event.target, event.submitter);
  });
  document.body.addEventListener("crm:call", ({ detail }) => {
    if (detail?.isGuess && !isExpected()) return;
    remember();
    draw();
  });
  // An outcome may leave nothing in the bar, which htmx tells of by no other word.
  document.body.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.matches?.("[data-call-bar]")) enhance();
  });
  const bar = document.querySelector("[data-call-bar]");
  if (!bar) return;
  // What sticks to the foot of the page, too, stands upon the call.
  new ResizeObserver(() => document.documentElement.style.setProperty("--foot", `${bar.offsetHeight}px`)).observe(bar);
  // Someone who is at it decides when it goes.
  for (const name of ["pointerleave", "focusout"]) bar.addEventListener(name, stay);
  if (isExpected()) draw();
}

export function enhance() {
  clearInterval(timer);
  paint();
  speak();
  const fresh = document.querySelector("[data-call-bar] [data-final]");
  if (fresh !== final) {
    final = fresh;
    stay();
  }
  const clock = document.querySelector("[data-talked]");
  if (!clock) return;
  if (!began.has(clock)) began.set(clock, performance.now() - Number(clock.dataset.talked));
  const tick = () => { clock.textContent = spell(performance.now() - began.get(clock)); };
  tick();
  timer = setInterval(tick, 1000);
}

/** A screen reader hears each state once. */
function speak() {
  const said = document.querySelector("[data-call-said]");
  const text = document.querySelector("[data-call-bar] .call-main")?.dataset.said ?? "";
  if (said && said.textContent !== text) said.textContent = text;
}

/** What has nothing more to say goes after a while, unless someone is at it. */
function stay() {
  clearTimeout(leaving);
  if (final) leaving = setTimeout(leave, STAY_MS);
}

function leave() {
  const bar = document.querySelector("[data-call-bar]");
  if (bar.matches(":hover, :focus-within")) return;
  localStorage.setItem(TOLD, word(final));
  bar.replaceChildren();
  enhance();
}

/** A call and its state. */
function word(main) {
  return `${main.dataset.id} ${main.dataset.word}`;
}

/** The button that was pressed says how its call goes, too. */
function paint() {
  const main = document.querySelector("[data-call-bar] .call-main");
  const whom = main?.dataset.whom;
  for (const button of document.querySelectorAll("button[form=call][name=whom]")) {
    const isMeant = Boolean(whom) && button.value === whom;
    if (!isMeant && !button.dataset.calling) continue;
    // What it says when nothing goes on.
    button.dataset.calm ??= JSON.stringify([button.getAttribute("aria-label"), button.getAttribute("title")]);
    const [label, title] = JSON.parse(button.dataset.calm);
    if (isMeant) button.dataset.calling = main.dataset.tone;
    else delete button.dataset.calling;
    const word = isMeant ? main.dataset.word : "";
    say(button, "aria-label", word ? `${label ?? button.textContent.trim()}: ${word}` : label);
    say(button, "title", word || title);
  }
}

function say(button, name, text) {
  if (text === null) button.removeAttribute(name);
  else button.setAttribute(name, text);
}

function spell(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function remember() {
  localStorage.setItem(FLAG, String(Date.now() + HOUR_MS));
}

function isExpected() {
  return Number(localStorage.getItem(FLAG)) > Date.now();
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
    localStorage.removeItem(TOLD);
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
  clearTimeout(again);
  let text;
  try {
    const answer = await fetch("/calls/bar/", { headers: { "HX-Request": "true" }, cache: "no-store", redirect: "manual" });
    // Signed out: there is nothing to ask for.
    if (answer.type === "opaqueredirect") return;
    if (!answer.ok) throw new Error(answer.status);
    text = await answer.text();
  } catch {
    if (isExpected()) again = setTimeout(draw, RETRY_MS);
    return;
  }
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  const told = fresh.content.querySelector("[data-final]");
  if (told && word(told) === localStorage.getItem(TOLD)) fresh.innerHTML = "";
  const isTyping = [...bar.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field.value);
  const main = fresh.content.querySelector(".call-main");
  if (isTyping && main && bar.querySelector(".call-main")) bar.querySelector(".call-main").replaceWith(main);
  else bar.replaceChildren(fresh.content);
  if (!bar.firstElementChild) localStorage.removeItem(FLAG);
  window.htmx?.process(bar);
  enhance();
  // A word of the stream may be lost: what waits or goes on is asked for without one.
  const ms = Number(bar.querySelector("[data-again]")?.dataset.again);
  clearTimeout(again);
  if (ms) again = setTimeout(draw, ms);
}

function later() {
  document.addEventListener("visibilitychange", draw, { once: true });
}
