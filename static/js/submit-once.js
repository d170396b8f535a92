// A form is sent once: the second press does nothing, the button shows that work is under way.
// <form data-download> answers with a file: the page stays, so nothing is locked.
const sent = new WeakSet();

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || isHtmx(form) || form.target === "_blank" || form.method === "dialog" || "download" in form.dataset) return;
    if (form.method === "post") {
      if (sent.has(form)) { event.preventDefault(); return; }
      sent.add(form);
      event.submitter?.setAttribute("aria-busy", "true");
    }
    document.documentElement.classList.add("busy");
  });
  document.addEventListener("htmx:beforeRequest", (event) => busy(event.detail.elt, true));
  document.addEventListener("htmx:afterRequest", (event) => busy(event.detail.elt, false));
  // The page may come back from the browser's cache: then it may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.documentElement.classList.remove("busy");
    for (const form of document.forms) sent.delete(form);
    for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
  });
}

function isHtmx(form) {
  return form.matches("[hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]");
}

function busy(element, on) {
  if (!(element instanceof HTMLFormElement)) return;
  for (const button of element.querySelectorAll("button[type=submit], button:not([type])")) {
    if (on) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
}
