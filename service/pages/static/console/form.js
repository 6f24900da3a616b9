// Forms: what was filled in as the API takes it, and what is wrong beside its field.
import { Problem } from "./api.js";
import { copyOf, el, slot } from "./dom.js";

const LISTS = ["types", "pillars", "kinds"];
const LINES = ["developers", "models"];
const NUMBERS = ["rate_per_minute"];
const TEXTS = ["min_points", "min_price_percent"];
let count = 0;

/** Do something when a form is sent, as `run` does it. */
export function onSend(form, work) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(form, work);
  });
}

/** Do something once at a time, and say beside the fields of a form, or where its outcome is told, what is wrong. */
export async function run(form, work) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  clear(form);
  try {
    await work(form);
  } catch (error) {
    complain(form, error);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

/** Say what came of it. */
export function say(form, ...content) {
  form.querySelector(".outcome").replaceChildren(...content);
}

/** Return a wish for a subscription as it is filled in; headers only where they are to be set. */
export function wish(form) {
  const { elements } = form;
  const asked = { url: elements.url.value.trim(), description: elements.description.value.trim() };
  asked.target = elements.target.value;
  asked.payload = elements.payload.value;
  for (const name of LISTS) asked[name] = ticked(form, name).map((one) => one.value);
  for (const name of LINES) asked[name] = elements[name].value.split("\n").map((one) => one.trim()).filter(Boolean);
  for (const name of NUMBERS) asked[name] = number(elements[name].value);
  for (const name of TEXTS) asked[name] = elements[name].value.trim() || null;
  if (!elements.replace_headers || elements.replace_headers.checked) asked.headers = headers(form);
  if (elements.secret?.value.trim()) asked.secret = elements.secret.value.trim();
  return asked;
}

/** Show a subscription as it is in the form that changes it. */
export function fill(form, subscription) {
  const { elements } = form;
  for (const name of ["url", "description", "target", "payload"]) elements[name].value = subscription[name];
  for (const name of LISTS) for (const one of boxes(form, name)) one.checked = subscription[name].includes(one.value);
  for (const name of LINES) elements[name].value = subscription[name].join("\n");
  for (const name of [...NUMBERS, ...TEXTS]) elements[name].value = subscription[name] ?? "";
  slot(form, "header-names").textContent = subscription.headers.join(", ") || "none";
  elements.replace_headers.checked = false;
  slot(form, "headers").replaceChildren();
}

/** Offer the types of events to choose from, and rows for headers. */
export function prepare(form, types) {
  slot(form, "types").replaceChildren(...types.map(({ type, trigger }) =>
    el("label", { class: "choice" }, el("input", { type: "checkbox", name: "types", value: type }),
      el("span", {}, el("code", {}, type), " ", el("span", { class: "minor" }, trigger)))));
  form.addEventListener("click", ({ target }) => {
    if (target.matches("[data-add]")) addHeader(form);
    if (target.matches("[data-remove]")) target.closest(".row").remove();
  });
}

/** Return a whole number, null for nothing, or what was typed, for the API to refuse. */
export function number(text) {
  const typed = text.trim();
  if (typed === "") return null;
  return /^-?\d{1,15}$/.test(typed) ? Number(typed) : typed;
}

/** Return the instant of a field in the reader's time zone as the API takes it; null for nothing. */
export function instant(field) {
  return field.value ? new Date(field.value).toISOString() : null;
}

function addHeader(form) {
  const made = copyOf("header");
  slot(form, "headers").append(made);
  if (form.elements.replace_headers) form.elements.replace_headers.checked = true;
  made.querySelector("select").focus();
}

function headers(form) {
  const rows = [...slot(form, "headers").children];
  const part = (row, name) => row.querySelector(`[data-header="${name}"]`).value;
  return Object.fromEntries(rows.map((row) => [part(row, "name"), part(row, "value").trim()]));
}

function boxes(form, name) {
  return [...form.querySelectorAll(`input[name="${name}"]`)];
}

function ticked(form, name) {
  return boxes(form, name).filter((one) => one.checked);
}

function clear(form) {
  for (const one of form.querySelectorAll(".wrong")) one.remove();
  for (const one of form.querySelectorAll("[aria-invalid]")) {
    one.removeAttribute("aria-invalid");
    one.removeAttribute("aria-describedby");
  }
  say(form);
}

function complain(form, error) {
  if (!(error instanceof Problem)) throw error;
  const places = Object.entries(error.fields).map(([name, detail]) => [placeOf(form, name), name, detail]);
  for (const [place, , detail] of places) if (place) mark(place, detail);
  const homeless = places.filter(([place]) => !place).map(([, name, detail]) => `${name}: ${detail}`);
  const told = homeless.join("; ") || (places.length ? "Not done: the marked fields say what they want." : error.message);
  say(form, el("span", { class: "wrong" }, told));
  form.querySelector("[aria-invalid]")?.focus();
}

function placeOf(form, name) {
  return form.querySelector(`[data-field="${CSS.escape(name)}"]`);
}

function mark(place, detail) {
  const id = `wrong-${++count}`;
  place.append(el("p", { class: "wrong", id }, detail));
  for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const control = place.querySelector("input, select, textarea, button");
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", id);
}
