// The page of webhooks: signs in for this tab, and shows the list or the subscription that the address names.
import { Problem, ask, token } from "./console/api.js";
import { el, slot } from "./console/dom.js";
import { onSend } from "./console/form.js";
import { list } from "./console/list.js";
import { one } from "./console/one.js";

const view = document.getElementById("view");
const signIn = document.getElementById("sign-in");
const signedIn = document.getElementById("signed-in");
const panel = document.getElementById("secret");
let watching = new AbortController();

function chosen() {
  return location.hash.startsWith("#sub_") ? decodeURIComponent(location.hash.slice(1)) : "";
}

async function show() {
  watching.abort();
  const mine = watching = new AbortController();
  const types = await ask("GET", "/v1/event-types");
  const made = chosen() ? await one(chosen(), types, keep, mine.signal) : await list(types, created);
  if (mine.signal.aborted) return;
  view.replaceChildren(made);
  document.title = `${made.querySelector("h2").textContent} · Webhooks · Pellucid`;
}

async function shown() {
  view.setAttribute("aria-busy", "true");
  try {
    await show();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    view.replaceChildren(el("p", { class: "wrong", role: "alert" }, error.message, " ", el("a", { href: "#" }, "All webhooks")));
  } finally {
    view.removeAttribute("aria-busy");
  }
}

function created(made) {
  keep(made);
  location.hash = made.id;
}

/** Show a secret that nobody will see again, until its reader has kept it. */
function keep(made) {
  slot(panel, "whose").textContent = made.description || made.url;
  slot(panel, "secret").value = made.secret;
  slot(panel, "public-key").value = made.public_key;
  for (const one of panel.querySelectorAll("[role=status]")) one.textContent = "";
  panel.hidden = false;
  panel.querySelector("h2").focus();
}

function forgetSecret() {
  for (const one of panel.querySelectorAll("input")) one.value = "";
  panel.hidden = true;
}

async function copy(button) {
  const place = button.closest(".copy");
  const field = place.querySelector("input");
  field.select();
  // The clipboard's own interface is there over https only.
  const done = navigator.clipboard
    ? await navigator.clipboard.writeText(field.value).then(() => true, () => false)
    : document.execCommand("copy");
  place.querySelector("[role=status]").textContent = done ? "copied" : "selected: copy it by hand";
}

function arrange() {
  const text = token.get();
  signIn.hidden = Boolean(text);
  signedIn.hidden = !text;
  slot(signedIn, "token").textContent = text.split("_").slice(0, 2).join("_");
}

function signOut() {
  token.forget();
  watching.abort();
  forgetSecret();
  view.replaceChildren();
  arrange();
}

onSend(signIn, async (form) => {
  const field = form.querySelector("input");
  const text = field.value.trim();
  if (!/^[!-~]+$/.test(text)) throw new Problem(422, "", { token: "wants a token such as pellucid_…, has something else" });
  token.keep(text);
  try {
    await ask("GET", "/v1/subscriptions?limit=1");
  } catch (error) {
    token.forget();
    throw error;
  }
  field.value = "";
  arrange();
  await shown();
});
signedIn.addEventListener("submit", (event) => { event.preventDefault(); signOut(); signIn.querySelector("input").focus(); });
slot(panel, "kept").addEventListener("click", () => { forgetSecret(); view.querySelector("h2")?.focus(); });
panel.addEventListener("click", ({ target }) => { if (target.matches("[data-copy]")) copy(target); });
addEventListener("hashchange", async () => {
  // The link that skips to the content has a hash as well.
  if (!token.get() || (location.hash && !chosen())) return;
  await shown();
  if (panel.hidden) view.querySelector("h2")?.focus();
});

document.getElementById("console").hidden = false;
arrange();
if (token.get()) shown();
