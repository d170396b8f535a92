// One worker for all tabs of a browser: one stream, however many tabs are open.
import { follow } from "./bell-source.js";

// The tab that was used last stands last: it alone tells of what is new.
const ports = [];
let state = null;
let newest = null;
let end = null;

function show(next) {
  const isFresh = newest !== null && next.newest > newest;
  state = next;
  newest = next.newest > (newest ?? "") ? next.newest : newest ?? "";
  ports.forEach((port, at) => port.postMessage({ state, isFresh: isFresh && at === ports.length - 1 }));
}

function call(isGuess) {
  for (const port of ports) port.postMessage({ isCall: true, isGuess });
}

function lost() {
  // Another person may sign in before the next state comes.
  state = null;
}

function leave(port) {
  const at = ports.indexOf(port);
  if (at !== -1) ports.splice(at, 1);
}

self.addEventListener("connect", (event) => {
  const [port] = event.ports;
  port.addEventListener("message", ({ data }) => {
    leave(port);
    if (data !== "bye") ports.push(port);
    if (data === "hello") {
      // A new page may belong to somebody new: what was refused a minute ago is asked for again.
      if (!state) {
        end?.();
        newest = null;
        end = follow(show, lost, call);
      } else {
        port.postMessage({ state, isFresh: false });
      }
    }
    if (!ports.length) {
      end?.();
      end = state = newest = null;
    }
  });
  port.start();
});
