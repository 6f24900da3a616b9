// What is shown, built as elements: text stays text, whatever a receiver or an event says.
const SVG = "http://www.w3.org/2000/svg";
const STEPS = [[60, "second"], [60, "minute"], [24, "hour"], [60, "day"], [12, "month"], [Infinity, "year"]];
const ages = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** Return an element; an attribute that is null or false is left out, so is a child that is null. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((one) => one !== null));
  return made;
}

/** Return a copy of a template of the page. */
export function copyOf(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

/** Return the place of this name. */
export function slot(root, name) {
  return root.querySelector(`[data-slot="${name}"]`);
}

/** Return a state as its shape and its word. */
export function state(word, name = word) {
  const mark = document.createElementNS(SVG, "svg");
  for (const [key, value] of [["class", `mark mark-${name}`], ["width", 12], ["height", 12], ["aria-hidden", "true"]]) {
    mark.setAttribute(key, value);
  }
  mark.appendChild(document.createElementNS(SVG, "use")).setAttribute("href", `#mark-${name}`);
  return el("span", { class: "state" }, mark, ` ${word}`);
}

/** Return how long ago an instant was, or how far ahead it is, with the exact one on hover; `none` when it is null. */
export function when(instant, none = "") {
  if (instant === null) return none;
  const exact = `${instant.replace("T", " ").replace(/\.\d+/, "").replace("Z", "")} UTC`;
  return el("time", { datetime: instant, title: exact }, age(instant));
}

function age(instant) {
  let amount = (new Date(instant) - Date.now()) / 1000;
  for (const [size, unit] of STEPS) {
    if (Math.abs(amount) < size) return ages.format(Math.trunc(amount), unit);
    amount /= unit === "day" ? 30.4 : size;
  }
  return instant;
}

/** Return a row of a table; each cell is [heading, content, …], the first heads its row. */
export function row(...cells) {
  return el("tr", {}, ...cells.map(([label, ...content], number) => number
    ? el("td", { "data-label": label }, ...content)
    : el("th", { scope: "row" }, ...content)));
}

/** Return a list of facts from [name, content, …]; those whose content is null are left out. */
export function facts(...pairs) {
  const told = pairs.filter(([, first]) => first !== null && first !== "");
  return el("dl", { class: "facts" }, ...told.map(([name, ...content]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, ...content))));
}

/** Return a small second line. */
export function minor(...content) {
  return el("span", { class: "minor" }, ...content);
}
