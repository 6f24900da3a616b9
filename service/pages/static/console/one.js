// One subscription: how it stands, what can be done to it, and what came of that.
import { ask, of } from "./api.js";
import { copyOf, el, facts, minor, row, slot, state, when } from "./dom.js";
import { deliveries, outcome, watched } from "./deliveries.js";
import { fill, instant, number, onSend, prepare, run, say, wish } from "./form.js";
import { health, warnings } from "./list.js";

const SENDING = ["pending", "active"];

/** Return the view of a subscription; `secret` shows a new one, `signal` ends what still watches. */
export async function one(id, types, secret, signal) {
  const root = copyOf("one");
  let now = await ask("GET", of(id));
  const anew = deliveries(root, id, signal);
  const act = (name) => root.querySelector(`[data-act=${name}]`);
  const change = slot(root, "change").querySelector("form");

  function show(subscription) {
    now = subscription;
    slot(root, "title").textContent = now.description || now.url;
    slot(root, "facts").replaceChildren(standing(now));
    act("ping").hidden = act("disable").hidden = !SENDING.includes(now.state);
    act("enable").hidden = SENDING.includes(now.state);
    fill(change, now);
    act("replay").elements.after.defaultValue = now.stopped_after ?? "";
  }

  async function look() {
    show(await ask("GET", of(id)));
    await anew();
  }

  async function watch(form, event) {
    say(form, "waiting for the receiver …");
    const found = await watched(id, event, 0, signal);
    await look();
    say(form, ...outcome(found));
  }

  async function pinged() {
    const { items } = await ask("GET", `${of(id, "deliveries")}?limit=5`);
    const test = items.find((found) => found.type === "subscription.test");
    if (!test) return;
    // What came of it meanwhile may have changed more than its delivery.
    if (test.attempts === 0 || now.state === "pending") await watch(act("ping"), test.event);
    else say(act("ping"), "last time: ", ...outcome(await ask("GET", of(id, "deliveries", test.event))));
  }

  prepare(change, types);
  onSend(act("ping"), async (form) => watch(form, (await ask("POST", of(id, "ping"))).event));
  onSend(act("enable"), async () => {
    show(await ask("POST", of(id, "enable")));
    run(act("ping"), pinged);
  });
  onSend(act("disable"), async () => show(await ask("POST", of(id, "disable"))));
  onSend(change, async (form) => {
    const asked = different(wish(form), now);
    if (!Object.keys(asked).length) { say(form, "Nothing differs from how it is."); return; }
    show(await ask("PATCH", of(id), asked));
    say(form, `Changed: ${Object.keys(asked).join(", ")}.`);
    if (now.state === "pending") run(act("ping"), pinged);
  });
  onSend(act("rotate"), async ({ elements }) => {
    const wanted = elements.secret.value.trim();
    const hours = number(elements.grace_hours.value);
    const made = await ask("POST", of(id, "rotate"), { ...(hours === null ? {} : { grace_hours: hours }), ...(wanted ? { secret: wanted } : {}) });
    elements.secret.value = "";
    secret(made);
    show(made);
  });
  onSend(act("recover"), async (form) => {
    const { since, until } = form.elements;
    await counted(form, "recover", { since: instant(since), until: instant(until) });
  });
  onSend(act("replay"), async (form) => {
    const { after, since } = form.elements;
    await counted(form, "replay", { after: after.value.trim() || null, since: instant(since) });
  });

  async function counted(form, path, asked) {
    const { deliveries: count } = await ask("POST", of(id, path), asked);
    await anew();
    say(form, count === 1 ? "1 delivery waits." : `${count} deliveries wait.`);
  }

  twice(act("delete"), async () => {
    await ask("DELETE", of(id));
    location.hash = "";
  });
  slot(root, "audit").addEventListener("toggle", ({ target }) => {
    if (target.open) run(target, async () => slot(root, "audit-rows").replaceChildren(...(await ask("GET", of(id, "audit"))).map(audited)));
  });

  show(now);
  await anew();
  if (SENDING.includes(now.state)) run(act("ping"), pinged);
  return root;
}

function standing(one) {
  const { health: has } = one;
  const filters = ["developers", "models", "pillars", "kinds"].filter((name) => one[name].length)
    .map((name) => `${name}: ${one[name].join(", ")}`);
  if (one.min_points !== null) filters.push(`a score by ${one.min_points} points`);
  if (one.min_price_percent !== null) filters.push(`a price by ${one.min_price_percent} %`);
  const told = facts(
    ["State", state(one.state), " ", when(one.since), one.reason ? minor(` ${one.reason}`) : null],
    ["Health", ...health(has)],
    ["Last success", when(has.succeeded_at, "never yet")],
    ["URL", el("code", {}, one.url)],
    ["Receiver", `${one.target}, ${one.payload} payload`],
    ["Types", el("code", {}, one.types.join(", "))],
    ["Filters", filters.join("; ")],
    ["Rate", one.rate_per_minute === null ? null : `at most ${one.rate_per_minute} per minute`],
    ["Headers", one.headers.join(", ")],
    ["Public key", el("code", {}, one.public_key)],
    ["Old secret signs", one.old_secret_until && when(one.old_secret_until)],
    ["Stopped after", one.stopped_after && el("code", {}, one.stopped_after)],
    ["Made", when(one.created_at)],
    ["Id", el("code", {}, one.id)],
  );
  return el("div", {}, told, warnings(one) ?? "");
}

function different(asked, now) {
  return Object.fromEntries(Object.entries(asked).filter(([name, value]) =>
    name === "headers" || JSON.stringify(value) !== JSON.stringify(now[name])));
}

/** Do something when a form is sent a second time; leaving its button asks anew. */
function twice(form, work) {
  const button = form.querySelector("button");
  const words = button.textContent;
  let sure = false;
  const ask = (again) => { sure = again; button.textContent = again ? `${words} for good, yes` : words; };
  button.addEventListener("blur", () => ask(false));
  onSend(form, async () => {
    if (sure) await work();
    else ask(true);
  });
}

function audited({ at, actor, action, detail }) {
  const told = Object.entries(detail).map(([name, value]) => `${name}: ${[value].flat().join(", ")}`);
  return row(["When", when(at)], ["Who", el("code", {}, actor)], ["What", action], ["Details", told.join("; ")]);
}
