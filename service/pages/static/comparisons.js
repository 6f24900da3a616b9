// While a comparison runs, shows how far it came: it fetches the very page that is open and puts its progress in place.
// Without this file the link "Refresh" does the same.
"use strict";
const EVERY_MS = 2000;
const shown = document.getElementById("progress");

async function look() {
  if (document.hidden) return later();
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer || !answer.ok) return later();
  if (answer.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const newer = page.getElementById("progress");
  if (!newer) return location.reload();
  if (shown.dataset.poll === "whole" && !("poll" in newer.dataset)) return location.reload();
  shown.replaceChildren(...newer.childNodes);
  if ("poll" in newer.dataset) later();
}

function later() {
  setTimeout(look, EVERY_MS);
}

if (shown && "poll" in shown.dataset) later();
for (const form of document.querySelectorAll(".asking")) {
  form.addEventListener("submit", () => { for (const one of form.querySelectorAll("button")) one.disabled = true; });
}
