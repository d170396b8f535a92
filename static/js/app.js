// Starts every behaviour. Each is bound by a data- attribute, so a page without script keeps working.
import * as autosubmit from "./autosubmit.js";
import * as bell from "./bell.js";
import * as call from "./call.js";
import * as coldReport from "./cold-report.js";
import * as confirm from "./confirm.js";
import * as copy from "./copy.js";
import * as csrf from "./csrf.js";
import * as drawer from "./drawer.js";
import * as due from "./due.js";
import * as files from "./files.js";
import * as guard from "./guard.js";
import * as inline from "./inline.js";
import * as limit from "./limit.js";
import * as many from "./many.js";
import * as menu from "./menu.js";
import * as multiselect from "./multiselect.js";
import * as newTask from "./new-task.js";
import * as palette from "./palette.js";
import * as phone from "./phone.js";
import * as pick from "./pick.js";
import * as picker from "./picker.js";
import * as queue from "./queue.js";
import * as recurrence from "./recurrence.js";
import * as reorder from "./reorder.js";
import * as print from "./print.js";
import * as repeat from "./repeat.js";
import * as rows from "./rows.js";
import * as shortcuts from "./shortcuts.js";
import * as submitOnce from "./submit-once.js";
import * as tabs from "./tabs.js";
import * as toast from "./toast.js";
import * as week from "./week.js";

const behaviours = [csrf, call, coldReport, drawer, menu, shortcuts, palette, rows, pick, phone, picker, print, repeat, recurrence, copy, confirm, files, guard, submitOnce, tabs, toast, multiselect, inline, reorder, autosubmit, due, limit, many, queue, newTask, week, bell];

document.documentElement.classList.add("js");
for (const behaviour of behaviours) {
  behaviour.start?.();
  behaviour.enhance?.(document);
}
// A piece swapped in by htmx gets what the page got.
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt === document.body) return;
  for (const behaviour of behaviours) behaviour.enhance?.(event.detail.elt);
});
