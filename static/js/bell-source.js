// Where the state of the bell comes from: the server's stream, or, while that does not get through, a question each
// minute. Runs in the worker that all tabs share, or in a tab where browsers have no such worker.
const ASK_MS = 60_000;
const RETRY_MS = 300_000;

/**
 * Calls `show` with each state, `lost` when states may be missed, `call` when calls have changed, or, with `true`, when they
 * may have: the stream has only now opened, or does not get through. Answers what ends it.
 */
export function follow(show, lost, call) {
  let stream;
  let timer;
  let isOver = false;
  let triedAt = 0;

  function listen() {
    triedAt = Date.now();
    stream = new EventSource("/events/");
    stream.addEventListener("bell", (event) => show(JSON.parse(event.data)));
    stream.addEventListener("call", () => call(false));
    stream.addEventListener("open", () => call(true));
    stream.addEventListener("error", () => {
      if (isOver) return;
      lost();
      // Otherwise the browser itself tries again.
      if (stream.readyState === EventSource.CLOSED) ask();
    });
  }

  async function ask() {
    clearTimeout(timer);
    if (isOver) return;
    try {
      const answer = await fetch("/notifications/poll/", { redirect: "manual", cache: "no-store" });
      // Signed out: there is nothing to ask for until another page is opened.
      if (answer.type === "opaqueredirect" || answer.status === 401) return end();
      if (answer.ok && !isOver) {
        show(await answer.json());
        call(true);
      }
    } catch {
      // No connection: the next time perhaps.
    }
    if (isOver) return;
    if (Date.now() - triedAt > RETRY_MS) listen();
    else timer = setTimeout(ask, ASK_MS);
  }

  function end() {
    isOver = true;
    clearTimeout(timer);
    stream?.close();
  }

  listen();
  return end;
}
