// [data-files] takes files while the form is still being written: chosen, dropped on the form or pasted into it, each is
// sent at once and becomes a line with its id, so that a refused form loses nothing. Without script the field itself
// is sent with the form. A field with data-files-or may be empty when there are files.
import { all, icon, make } from "./dom.js";

const MB = 1024 * 1024;

export function enhance(root) {
  for (const box of all(root, "[data-files]")) bind(box);
}

function bind(box) {
  const form = box.closest("form");
  const state = { box, form, list: box.querySelector("[data-files-list]"), sending: 0, waits: null };
  const input = box.querySelector("input[type=file]");
  input.addEventListener("change", () => {
    take(state, [...input.files]);
    // What has been sent must not go with the form again.
    input.value = "";
  });
  form.addEventListener("dragover", (event) => { if (hasFiles(event)) { event.preventDefault(); box.classList.add("over"); } });
  form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) box.classList.remove("over"); });
  form.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    box.classList.remove("over");
    take(state, [...event.dataTransfer.files]);
  });
  form.addEventListener("paste", (event) => {
    const files = [...event.clipboardData?.files ?? []];
    // A copied table brings a picture of itself beside its text: the text is meant.
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(state, files.map(named));
  });
  form.addEventListener("submit", (event) => hold(state, event), true);
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-files-remove]");
    if (!button) return;
    const item = button.closest("[data-files-item]");
    item.request?.abort();
    item.remove();
    input.focus();
    changed(state);
  });
  settle(state);
}

function hasFiles(event) {
  return [...event.dataTransfer?.types ?? []].includes("Files");
}

/** A screenshot has no name of its own. */
function named(file) {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const now = new Date();
  const two = (n) => String(n).padStart(2, "0");
  const day = `${two(now.getDate())}.${two(now.getMonth() + 1)}.${now.getFullYear()}`;
  const name = `Снимок ${day} ${two(now.getHours())}-${two(now.getMinutes())}-${two(now.getSeconds())}.${file.name.split(".").pop()}`;
  return new File([file], name, { type: file.type });
}

function take(state, files) {
  for (const file of files) {
    const most = Number(state.box.dataset.filesMost);
    const item = line(file);
    const held = state.form.querySelectorAll("[data-files-item]:not(.failed)").length + state.form.querySelectorAll("[name=remove]:not(:checked)").length;
    state.list.append(item);
    if (held >= most) fail(item, `Можно приложить не больше ${most} файлов.`);
    else if (file.size > Number(state.box.dataset.filesBytes)) fail(item, tooLarge(state.box));
    else if (!file.size) fail(item, "Файл пуст.");
    else send(state, file, item);
  }
  changed(state);
}

function line(file) {
  const item = make("li", "upload");
  item.dataset.filesItem = "";
  const close = make("button", "button quiet small icon-only");
  close.type = "button";
  close.dataset.filesRemove = "";
  close.setAttribute("aria-label", `Убрать файл ${file.name}`);
  close.append(icon("close"));
  item.append(make("span", "name", file.name), make("small", "", size(file.size)), close);
  return item;
}

function size(bytes) {
  return bytes < MB ? `${Math.max(1, Math.round(bytes / 1024))} КБ` : `${(bytes / MB).toFixed(1).replace(".", ",")} МБ`;
}

function send(state, file, item) {
  const meter = make("progress", "meter");
  meter.max = 1;
  meter.setAttribute("aria-label", `Загружается ${file.name}`);
  item.append(meter);
  const body = new FormData();
  body.append("csrf_token", state.form.querySelector("[name=csrf_token]").value);
  body.append("file", file, file.name);
  const request = new XMLHttpRequest();
  item.request = request;
  request.open("POST", state.box.dataset.filesUrl);
  request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) meter.value = event.loaded / event.total; });
  request.addEventListener("load", () => {
    const isPage = request.responseURL && new URL(request.responseURL).pathname !== state.box.dataset.filesUrl;
    if (request.status === 200 && !isPage) accept(item, request.responseText);
    else fail(item, request.status === 422 ? request.responseText.trim() : explain(state.box, request.status, isPage));
  });
  request.addEventListener("error", () => fail(item, "Нет связи с сервером. Уберите файл и выберите его ещё раз."));
  request.addEventListener("loadend", () => { state.sending -= 1; settle(state); });
  state.sending += 1;
  request.send(body);
}

/** The server's own line takes the place of ours. */
function accept(item, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const made = template.content.querySelector("[data-files-item]");
  if (made) item.replaceWith(made);
  else fail(item, explain(item.closest("[data-files]"), 0, true));
}

function fail(item, sentence) {
  item.classList.add("failed");
  item.querySelector("progress")?.remove();
  item.querySelector(".field-error")?.remove();
  item.append(make("p", "field-error", sentence));
}

function tooLarge(box) {
  return `Файл больше ${Math.round(Number(box.dataset.filesBytes) / MB)} МБ.`;
}

function explain(box, status, isPage) {
  if (isPage || status === 401) return "Вы вышли из системы. Войдите в соседней вкладке и выберите файл ещё раз.";
  if (status === 403) return "Страница устарела. Обновите её: текст сохранится.";
  if (status === 413) return tooLarge(box);
  return "Файл не загрузился. Уберите его и выберите ещё раз.";
}

/** The form waits for files on their way, then goes by itself; a failed one stops it. */
function hold(state, event) {
  if (!state.sending) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  state.waits = { submitter: event.submitter };
  event.submitter?.setAttribute("aria-busy", "true");
}

/** For those who guard the form. */
function changed(state) {
  state.form.dispatchEvent(new Event("change", { bubbles: true }));
  settle(state);
}

function settle(state) {
  const field = state.form.querySelector("[data-files-or]");
  if (field) field.required = !state.form.querySelector("[data-files-item]:not(.failed)");
  if (state.sending || !state.waits) return;
  const { submitter } = state.waits;
  state.waits = null;
  submitter?.removeAttribute("aria-busy");
  if (!state.box.querySelector(".failed")) state.form.requestSubmit(submitter ?? undefined);
}
