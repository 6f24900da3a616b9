// All subscriptions, and the form for a new one.
import { all, ask } from "./api.js";
import { copyOf, el, minor, row, slot, state, when } from "./dom.js";
import { onSend, prepare, wish } from "./form.js";

/** Return the list; `created` is called with what a new subscription's answer is. */
export async function list(types, created) {
  const found = await all("/v1/subscriptions");
  const made = copyOf("list");
  slot(made, "rows").replaceChildren(...found.sort(byNeed).map(line));
  slot(made, "table").hidden = found.length === 0;
  slot(made, "empty").hidden = found.length > 0;
  slot(made, "new").open = found.length === 0;
  const form = made.querySelector("form");
  prepare(form, types);
  onSend(form, async () => created(await ask("POST", "/v1/subscriptions", wish(form))));
  return made;
}

/** Return how the receiver does, in words. */
export function health({ failures, failing_since: since, not_before: until }) {
  if (!failures) return ["no failure"];
  const wait = until && new Date(until) > new Date() ? [", next attempt ", when(until)] : [];
  return [el("b", { class: "bad" }, `${failures} failure${failures > 1 ? "s" : ""} in a row`), " since ", when(since), ...wait];
}

/** Return what about the filters never matches, as a list; null when there is nothing. */
export function warnings(subscription) {
  if (!subscription.warnings.length) return null;
  return el("ul", { class: "warnings" }, ...subscription.warnings.map((one) => el("li", {}, one)));
}

/** Those in trouble first, then the oldest. */
function byNeed(one, other) {
  return troubled(other) - troubled(one) || new Date(one.created_at) - new Date(other.created_at);
}

function troubled({ state: word, health: { failures } }) {
  return Number(word === "disabled" || failures > 0);
}

function line(one) {
  const name = el("a", { href: `#${one.id}` }, one.description || one.url);
  const types = one.types.map((type, at) => el("code", {}, at ? `, ${type}` : type));
  return row(
    ["Webhook", name, one.description ? minor(one.url) : null, warnings(one)],
    ["State", state(one.state), one.reason ? minor(one.reason) : null],
    ["Types of events", ...types],
    ["Health", ...health(one.health)],
    ["Last success", when(one.health.succeeded_at, "never yet")],
  );
}
