// What was sent to one subscription, page by page, each with its attempts.
import { ask, of } from "./api.js";
import { el, minor, row, slot, state, when } from "./dom.js";
import { onSend, run, say } from "./form.js";

const MARKS = { waiting: "pending", delivered: "active", failed: "disabled" };
const PAGE = 20;
const LOOK_MS = 400;
const WATCH_MS = 40_000;

/** Have the deliveries of a subscription shown in `root`; the value shows them anew from the newest. */
export function deliveries(root, id, signal) {
  const filter = root.querySelector("[data-act=deliveries]");
  const older = root.querySelector("[data-act=older]");
  const rows = slot(root, "rows");
  let next = "";

  async function more() {
    const state = encodeURIComponent(filter.elements.state.value);
    const page = await ask("GET", `${of(id, "deliveries")}?limit=${PAGE}&state=${state}&after=${encodeURIComponent(next)}`);
    rows.append(...page.items.map((one) => group(id, one, signal)));
    next = page.next;
    older.hidden = next === null;
    slot(root, "table").hidden = !rows.children.length;
    slot(root, "none").hidden = Boolean(rows.children.length);
  }

  async function anew() {
    next = "";
    rows.replaceChildren();
    await more();
  }

  onSend(filter, anew);
  filter.elements.state.addEventListener("change", () => filter.requestSubmit());
  onSend(older, more);
  return anew;
}

/** Return a delivery once there are more than `before` attempts at it, or as it is after a while. */
export async function watched(id, event, before, signal) {
  for (const ends = Date.now() + WATCH_MS; ;) {
    const found = await ask("GET", of(id, "deliveries", event));
    if (found.tries.length > before || Date.now() > ends || signal.aborted) return found;
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
}

/** Return what came of the last attempt, in words. */
export function outcome({ tries }) {
  const last = tries.at(-1);
  if (!last) return ["no attempt yet; it waits"];
  const answered = last.status === null ? `no answer in ${last.latency_ms} ms` : `status ${last.status} in ${last.latency_ms} ms`;
  if (!last.error) return [el("b", {}, "delivered"), `, ${answered}, `, when(last.at)];
  const again = last.next_at ? ["; next attempt ", when(last.next_at)] : ["; given up"];
  return [el("b", { class: "bad" }, last.error), `, ${answered}`, last.detail ? `: ${last.detail}` : "", ...again];
}

/** Return a delivery's row, and one below it that unfolds its attempts. */
function group(id, one, signal) {
  const below = el("tr", { class: "attempts", hidden: true }, el("td", { colspan: 7 }));
  const unfold = el("button", { type: "button", class: "quiet", "aria-expanded": "false" }, "Attempts");
  const resend = el("form", {}, el("button", { type: "submit", class: "quiet" }, "Send again"), " ",
    el("span", { class: "outcome", role: "status" }));
  const line = el("tr", {});
  const show = (now) => line.replaceChildren(...cells(now, unfold, resend).children);
  const open = async (found) => {
    below.firstElementChild.replaceChildren(...await details(id, found));
    show(found);
    below.hidden = false;
    unfold.setAttribute("aria-expanded", "true");
  };
  unfold.addEventListener("click", () => {
    if (below.hidden) run(resend, async () => open(await fetched(id, one.event)));
    else fold(below, unfold);
  });
  onSend(resend, async () => {
    const before = (await fetched(id, one.event)).tries.length;
    await ask("POST", of(id, "deliveries", one.event, "resend"));
    say(resend, "waiting for its attempt …");
    await open(await watched(id, one.event, before, signal));
    say(resend);
  });
  show(one);
  const made = document.createDocumentFragment();
  made.append(line, below);
  return made;
}

function fetched(id, event) {
  return ask("GET", of(id, "deliveries", event));
}

function fold(below, unfold) {
  below.hidden = true;
  unfold.setAttribute("aria-expanded", "false");
}

function cells(one, ...buttons) {
  const said = one.tries ? one.tries.at(-1) : { status: one.last_status, error: one.last_error };
  return row(
    ["Event", el("code", {}, one.type), minor(one.subject), minor(el("code", {}, one.event))],
    ["State", state(one.state, MARKS[one.state])],
    ["Happened", when(one.created_at)],
    ["Attempts", String(one.attempts)],
    ["Last answer", one.attempts && said ? answer(said) : "none yet"],
    ["Next attempt", when(one.next_at, "–")],
    ["", el("div", { class: "acts" }, ...buttons)],
  );
}

function answer({ status, error }) {
  const words = [status ?? "", error || (status === null ? "" : "delivered")].filter(Boolean).join(" ");
  return el("span", error ? { class: "bad" } : {}, words);
}

async function details(id, found) {
  const told = await ask("GET", `/v1/events/${encodeURIComponent(found.event)}`);
  const table = el("table", { class: "stacks" },
    el("thead", {}, el("tr", {}, ...["Attempt", "Status", "Latency", "Error", "Answer", "Next attempt"].map((one) => el("th", { scope: "col" }, one)))),
    el("tbody", {}, ...found.tries.map(attempt)));
  return [
    found.tries.length ? table : el("p", { class: "minor" }, "There was no attempt yet."),
    el("details", {}, el("summary", {}, "The event, whole"), el("pre", {}, JSON.stringify(told, null, 2))),
  ];
}

function attempt(one) {
  return row(
    ["Attempt", `no. ${one.number}`, minor(when(one.at))],
    ["Status", one.status === null ? "none came" : String(one.status)],
    ["Latency", `${one.latency_ms} ms`],
    ["Error", one.error ? el("span", { class: "bad" }, one.error) : "delivered", one.detail ? minor(one.detail) : null],
    ["Answer", one.answer ? el("pre", {}, one.answer) : "empty"],
    ["Next attempt", when(one.next_at, "–")],
  );
}
