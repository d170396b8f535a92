// <button data-confirm="Вопрос" data-confirm-title data-confirm-ok data-confirm-no> asks in a dialog before its form is sent.
// Also: [data-dialog-open="id"] opens a <dialog>, [data-dialog-close] and a click on the backdrop close it.
import { make } from "./dom.js";

export function start() {
  document.addEventListener("click", (event) => {
    const asked = event.target.closest?.("[data-confirm]");
    if (asked && !asked.dataset.confirmed) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(asked);
      return;
    }
    const opener = event.target.closest?.("[data-dialog-open]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialogOpen);
      if (dialog) { event.preventDefault(); dialog.showModal(); }
      return;
    }
    const closer = event.target.closest?.("[data-dialog-close]");
    if (closer) { event.preventDefault(); closer.closest("dialog")?.close(); }
    else if (event.target instanceof HTMLDialogElement && outside(event)) event.target.close();
  }, true);
}

function ask(button) {
  const dialog = make("dialog", "dialog");
  const head = make("div", "dialog-head");
  const title = make("h2", "", button.dataset.confirmTitle ?? "Точно?");
  title.id = "confirm-title";
  head.append(title);
  const body = make("div", "dialog-body");
  body.append(make("p", "", button.dataset.confirm));
  const foot = make("div", "dialog-foot");
  const no = make("button", "button", button.dataset.confirmNo ?? "Отмена");
  const yes = make("button", button.dataset.confirmTone === "primary" ? "button primary" : "button danger", button.dataset.confirmOk ?? "Да");
  no.type = yes.type = "button";
  foot.append(no, yes);
  dialog.append(head, body, foot);
  dialog.setAttribute("aria-labelledby", title.id);
  document.body.append(dialog);
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { dialog.remove(); button.focus(); });
  yes.addEventListener("click", () => {
    dialog.close();
    button.dataset.confirmed = "1";
    button.click();
    delete button.dataset.confirmed;
  });
  dialog.showModal();
  no.focus();
}

function outside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
