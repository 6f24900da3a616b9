// Asks the JSON API with the token of this tab. Every answer that is no success is thrown as the Problem that it is.
const STORED = "pellucid-token";
const unanswered = new Map();

export class Problem extends Error {
  /** `fields` = name of a field of the request → what it wants and has; `status` 0 = no answer came. */
  constructor(status, detail, fields = {}) {
    super(detail);
    this.status = status;
    this.fields = fields;
  }
}

export const token = {
  get: () => sessionStorage.getItem(STORED) ?? "",
  keep: (text) => sessionStorage.setItem(STORED, text),
  forget: () => sessionStorage.removeItem(STORED),
};

/** Return the address of something of a subscription. */
export function of(subscription, ...parts) {
  return ["/v1/subscriptions", subscription, ...parts].map((one, at) => at ? encodeURIComponent(one) : one).join("/");
}

/** Ask once; the same request that got no answer goes out under the same Idempotency-Key, so that it is done once. */
export async function ask(method, path, body) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const request = `${method} ${path} ${text}`;
  const key = unanswered.get(request) ?? freshKey();
  unanswered.set(request, key);
  const answer = await sent(method, path, text, key);
  if (answer.status < 500) unanswered.delete(request);
  if (!answer.ok) throw await problem(answer);
  return answer.status === 204 ? null : answer.json();
}

/** Return every item of a list, page by page. */
export async function all(path) {
  const found = [];
  for (let next = ""; next !== null;) {
    const page = await ask("GET", `${path}?limit=100&after=${encodeURIComponent(next)}`);
    found.push(...page.items);
    next = page.next;
  }
  return found;
}

async function sent(method, path, text, key) {
  const headers = { Accept: "application/json" };
  if (token.get()) headers.Authorization = `Bearer ${token.get()}`;
  if (method !== "GET") headers["Idempotency-Key"] = key;
  if (text !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(path, { method, headers, body: text, cache: "no-store" });
  } catch {
    throw new Problem(0, "No answer came. Try again: what was done already is not done twice.");
  }
}

async function problem(answer) {
  const told = await answer.json().catch(() => ({}));
  const fields = {};
  for (const { pointer, detail } of told.errors ?? []) {
    const [, , name, ...inner] = pointer.split("/");
    fields[name] = [fields[name], [...inner.filter((one) => !/^\d+$|^value$|^key$/.test(one)), detail].join(": ")]
      .filter(Boolean).join(" ");
  }
  return new Problem(answer.status, told.detail ?? `wants an answer of this service, has status ${answer.status}`, fields);
}

// crypto.randomUUID is there over https only, and an instance may be reached by plain http in its own network.
function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
}
