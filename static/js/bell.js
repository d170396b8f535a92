// [data-bell]: the bell of the frame stays fresh without reloading. All tabs share one stream through a worker; a browser
// without shared workers listens in the tab that is seen. [data-bell-browser]: whether this browser shows what is new.
import { follow } from "./bell-source.js";
import { icon, make } from "./dom.js";
import * as toast from "./toast.js";

const FLAG = "crm-browser-notifications";
const STAY_MS = 8000;

export function start() {
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  startSwitch();
  let waiting = null;
  bell.addEventListener("toggle", () => {
    if (!bell.open && waiting) waiting = draw(bell, waiting);
  });
  listen((state, isFresh) => {
    count(bell, state);
    // Lines must not move under the hand of whoever reads them.
    waiting = bell.open ? state : draw(bell, state);
    if (isFresh && state.items.length) tell(bell, state.items[0]);
  });
}

function listen(show) {
  let worker;
  try {
    worker = new SharedWorker(new URL("./bell-worker.js", import.meta.url), { type: "module", name: "bell" });
  } catch {
    return listenAlone(show);
  }
  worker.addEventListener("error", () => listenAlone(show), { once: true });
  worker.port.addEventListener("message", ({ data }) => (data.isCall ? tellOfCall(data.isGuess) : show(data.state, data.isFresh)));
  worker.port.start();
  worker.port.postMessage("hello");
  window.addEventListener("pagehide", () => worker.port.postMessage("bye"));
  window.addEventListener("pageshow", (event) => { if (event.persisted) worker.port.postMessage("hello"); });
  window.addEventListener("focus", () => worker.port.postMessage("here"));
}

function listenAlone(show) {
  let end = null;
  let newest = null;
  function update() {
    if (document.hidden === !end) return;
    if (end) end = end();
    else {
      end = follow((state) => {
        const isFresh = newest !== null && state.newest > newest;
        if (newest === null || isFresh) newest = state.newest;
        show(state, isFresh);
      }, () => {}, tellOfCall);
    }
  }
  document.addEventListener("visibilitychange", update);
  update();
}

/** Whoever shows calls or phones looks again; a guess: something may have happened while nobody listened. */
function tellOfCall(isGuess) {
  document.body.dispatchEvent(new CustomEvent("crm:call", { detail: { isGuess } }));
}

function count(bell, state) {
  const badge = bell.querySelector("[data-bell-count]");
  badge.textContent = state.count;
  badge.hidden = !state.count;
  bell.querySelector("[data-bell-said]").textContent = state.count ? `, непрочитанных: ${state.count}` : "";
}

function draw(bell, state) {
  const items = bell.querySelector("[data-bell-items]");
  items.replaceChildren(...state.items.map(line));
  bell.querySelector("[data-bell-until]").value = state.until;
  bell.querySelector("[data-bell-all]").hidden = !state.items.length;
  bell.querySelector("[data-bell-none]").hidden = state.items.length > 0;
  return null;
}

function line(item) {
  const button = make("button", "menu-item bell-item");
  button.type = "submit";
  button.setAttribute("formaction", item.open);
  const text = make("span", "bell-text");
  text.append(make("b", "", item.title));
  if (item.body) text.append(make("span", "", item.body));
  text.append(make("small", "", item.more ? `${item.at} · ${item.more}` : item.at));
  button.append(icon(item.icon), text);
  return button;
}

/** Rings for what is new: on this page, or over other windows when the person allowed that. */
function tell(bell, item) {
  bell.classList.remove("rung");
  requestAnimationFrame(() => bell.classList.add("rung"));
  if (document.hasFocus() || !isAllowed()) {
    toast.show(item.body ? `${item.title}: ${item.body}` : item.title, "info");
    return;
  }
  try {
    const shown = new Notification(item.title, { body: item.body, tag: item.open, lang: "ru" });
    shown.addEventListener("click", () => { window.focus(); bell.open = true; shown.close(); });
    setTimeout(() => shown.close(), STAY_MS);
  } catch {
    // Phones allow it to service workers only; the badge has told already.
  }
}

function isAllowed() {
  return "Notification" in window && Notification.permission === "granted" && remembered() === "on";
}

function remembered() {
  try {
    return localStorage.getItem(FLAG);
  } catch {
    return null;
  }
}

function startSwitch() {
  const panel = document.querySelector("[data-bell-browser]");
  if (!panel) return;
  const button = panel.querySelector("[data-bell-browser-switch]");
  const said = panel.querySelector("[data-bell-browser-said]");
  function draw() {
    const isPossible = "Notification" in window && window.isSecureContext;
    button.hidden = !isPossible || Notification.permission === "denied";
    button.textContent = isAllowed() ? "Выключить в этом браузере" : "Включить в этом браузере";
    if (!isPossible) said.textContent = "Этот браузер не умеет показывать уведомления, или CRM открыта не по защищённому адресу (https).";
    else if (Notification.permission === "denied") said.textContent = "Уведомления этого сайта запрещены в настройках браузера.";
    else said.textContent = isAllowed() ? "Сейчас включены." : "Сейчас выключены.";
  }
  button.addEventListener("click", async () => {
    if (isAllowed()) localStorage.setItem(FLAG, "off");
    else if (await Notification.requestPermission() === "granted") localStorage.setItem(FLAG, "on");
    draw();
  });
  draw();
}
