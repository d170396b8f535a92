// Passing messages. Those of the server stand in [data-toasts]; errors stay until they are closed.
import { all, icon, make } from "./dom.js";

const ICONS = { success: "check", warning: "warning", error: "ban", info: "info" };
const STAY_MS = 5000;

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-toast-close]");
    if (button) leave(button.closest(".toast"));
  });
  document.addEventListener("htmx:responseError", (event) => show(explain(event.detail.xhr.status), "error"));
  document.addEventListener("htmx:sendError", () => show("Нет связи с сервером. Введённое осталось на странице, попробуйте ещё раз.", "error"));
}

export function enhance(root) {
  for (const toast of all(root, ".toast:not(.error)")) arm(toast);
}

/** Shows a message at the bottom right. */
export function show(text, tone = "info") {
  const toast = make("div", `toast ${tone}`);
  const close = make("button", "button quiet small icon-only");
  close.type = "button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", "Закрыть сообщение");
  close.append(icon("close"));
  toast.append(icon(ICONS[tone] ?? "info"), make("p", "", text), close);
  document.querySelector("[data-toasts]")?.append(toast);
  if (tone !== "error") arm(toast);
}

function arm(toast) {
  let timer = setTimeout(() => leave(toast), STAY_MS);
  // Someone reading it decides when it goes.
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => { timer = setTimeout(() => leave(toast), 1500); });
}

function leave(toast) {
  toast.classList.add("leaving");
  setTimeout(() => toast.remove(), 250);
}

function explain(status) {
  if (status === 401) return "Вы вышли из системы. Войдите в соседней вкладке и повторите.";
  if (status === 403) return "На это действие у вас нет прав.";
  if (status === 404) return "Этой записи уже нет.";
  if (status === 429) return "Слишком часто. Подождите минуту и повторите.";
  return "Не получилось. Попробуйте ещё раз чуть позже.";
}
