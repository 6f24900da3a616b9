// Makes the list answer while one types: it fetches the very address that the form or link leads to and shows its
// rows in place. Without this file the same addresses are ordinary pages.
"use strict";
const form = document.getElementById("find");
const results = document.getElementById("results");
let newest = 0;
let timer;

async function show(address, remember) {
  const mine = ++newest;
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) { location.assign(address); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine !== newest) return;
  results.replaceChildren(...page.getElementById("results").childNodes);
  form.elements.sort.replaceWith(page.querySelector("select[name=sort]"));
  if (remember) history.pushState(null, "", address); else history.replaceState(null, "", address);
}

function asked() {
  const wanted = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...wanted]) if (!value || (name === "sort" && value === "evidence")) wanted.delete(name);
  return wanted.size ? `/?${wanted}` : "/";
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(() => show(asked(), false), 150);
}

form.classList.add("live");
form.addEventListener("input", soon);
form.addEventListener("change", (event) => { if (event.target.matches("select")) soon(); });
form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); show(asked(), true); });
results.addEventListener("click", (event) => {
  const link = event.target.closest("thead a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(link.href, true);
});
addEventListener("popstate", () => location.reload());
