// One subscription: how it stands, what can be done to it, and what came of that.
import { ask, of } from "./api.js";
import { copyOf, el, facts, minor, row, slot, state, when } from "./dom.js";
import { deliveries, outcome, watched } from "./deliveries.js";
import { fill, instant, number, onSend, prepare, run, say, wish } from "./form.js";
import { health, warnings } from "./list.js";

const SENDING = ["pending", "active"];
const ACTS = { ping, enable, disable, rotate, recover, replay };

/** Return the view of a subscription; `secret` shows a new one, `signal` ends what still watches. */
export async function one(id, types, secret, signal) {
  const root = copyOf("one");
  const page = { id, root, secret, signal, now: null, anew: deliveries(root, id, signal) };
  prepare(changing(page), types);
  for (const [name, work] of Object.entries(ACTS)) onSend(act(page, name), (form) => work(page, form));
  onSend(changing(page), (form) => change(page, form));
  twice(act(page, "delete"), () => remove(page));
  slot(root, "audit").addEventListener("toggle", ({ target }) => { if (target.open) run(target, () => audit(page)); });
  await look(page);
  if (SENDING.includes(page.now.state)) run(act(page, "ping"), () => pinged(page));
  return root;
}

function act({ root }, name) {
  return root.querySelector(`[data-act=${name}]`);
}

function changing({ root }) {
  return slot(root, "change").querySelector("form");
}

async function look(page) {
  show(page, await ask("GET", of(page.id)));
  await page.anew();
}

function show(page, subscription) {
  page.now = subscription;
  slot(page.root, "title").textContent = subscription.description || subscription.url;
  slot(page.root, "facts").replaceChildren(standing(subscription));
  const sending = SENDING.includes(subscription.state);
  act(page, "ping").hidden = act(page, "disable").hidden = !sending;
  act(page, "enable").hidden = sending;
  act(page, "replay").elements.after.defaultValue = subscription.stopped_after ?? "";
  fill(changing(page), subscription);
}

async function ping(page, form) {
  await watch(page, form, (await ask("POST", of(page.id, "ping"))).event);
}

async function watch(page, form, event) {
  say(form, "waiting for the receiver …");
  const found = await watched(page.id, event, 0, page.signal);
  await look(page);
  say(form, ...outcome(found));
}

/** Say what came of the last ping, as soon as something did. */
async function pinged(page) {
  const form = act(page, "ping");
  const { items } = await ask("GET", `${of(page.id, "deliveries")}?limit=20`);
  const test = items.find((found) => found.type === "subscription.test");
  if (!test) return;
  // What came of it meanwhile may have changed more than its delivery.
  if (test.attempts === 0 || page.now.state === "pending") await watch(page, form, test.event);
  else say(form, "last time: ", ...outcome(await ask("GET", of(page.id, "deliveries", test.event))));
}

async function enable(page) {
  show(page, await ask("POST", of(page.id, "enable")));
  run(act(page, "ping"), () => pinged(page));
}

async function disable(page) {
  show(page, await ask("POST", of(page.id, "disable")));
}

async function change(page, form) {
  const asked = different(wish(form), page.now);
  const names = Object.keys(asked);
  if (!names.length) {
    say(form, "Nothing differs from how it is.");
    return;
  }
  show(page, await ask("PATCH", of(page.id), asked));
  say(form, `Changed: ${names.join(", ")}.`);
  if (page.now.state === "pending") run(act(page, "ping"), () => pinged(page));
}

async function rotate(page, { elements }) {
  const hours = number(elements.grace_hours.value);
  const wanted = elements.secret.value.trim();
  const asked = { ...(hours === null ? {} : { grace_hours: hours }), ...(wanted ? { secret: wanted } : {}) };
  const made = await ask("POST", of(page.id, "rotate"), asked);
  elements.secret.value = "";
  show(page, made);
  page.secret(made);
}

async function recover(page, form) {
  const { since, until } = form.elements;
  await counted(page, form, "recover", { since: instant(since), until: instant(until) });
}

async function replay(page, form) {
  const { after, since } = form.elements;
  await counted(page, form, "replay", { after: after.value.trim() || null, since: instant(since) });
}

async function counted(page, form, path, asked) {
  const { deliveries: count } = await ask("POST", of(page.id, path), asked);
  await page.anew();
  say(form, count === 1 ? "1 delivery waits." : `${count} deliveries wait.`);
}

async function remove(page) {
  await ask("DELETE", of(page.id));
  location.hash = "";
}

async function audit({ id, root }) {
  slot(root, "audit-rows").replaceChildren(...(await ask("GET", of(id, "audit"))).map(audited));
}

function standing(one) {
  const { health: has } = one;
  const told = facts(
    ["State", state(one.state), " ", when(one.since), one.reason ? minor(` ${one.reason}`) : null],
    ["Health", ...health(has)],
    ["Last success", when(has.succeeded_at, "never yet")],
    ["URL", el("code", {}, one.url)],
    ["Receiver", `${one.target}, ${one.payload} payload`],
    ["Types", el("code", {}, one.types.join(", "))],
    ["Filters", filters(one).join("; ")],
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

function filters(one) {
  const lists = ["developers", "models", "pillars", "kinds"].filter((name) => one[name].length);
  return [
    ...lists.map((name) => `${name}: ${one[name].join(", ")}`),
    ...(one.min_points === null ? [] : [`a score that moved by ${one.min_points} points`]),
    ...(one.min_price_percent === null ? [] : [`a price that moved by ${one.min_price_percent} %`]),
  ];
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
  const doubt = (again) => {
    sure = again;
    button.textContent = again ? `${words} for good, yes` : words;
    button.classList.toggle("sure", again);
  };
  button.addEventListener("blur", () => doubt(false));
  onSend(form, async () => {
    if (sure) await work();
    else doubt(true);
  });
}

function audited({ at, actor, action, detail }) {
  const told = Object.entries(detail).map(([name, value]) => `${name}: ${[value].flat().join(", ")}`);
  return row(["When", when(at)], ["Who", el("code", {}, actor)], ["What", action], ["Details", told.join("; ")]);
}
