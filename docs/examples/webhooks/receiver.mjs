// A receiver of Pellucid's webhooks with Node's own modules: WEBHOOK_SECRET=whsec_… node receiver.mjs 8099
// WEBHOOK_SECRET may be the public key whpk_… as well: then nobody who reads it here can sign.
import { createHmac, createPublicKey, timingSafeEqual, verify } from "node:crypto";
import { createServer } from "node:http";

const TOLERANCE_S = 300;
const MAX_BODY_BYTES = 65_536;
const secret = process.env.WEBHOOK_SECRET;
const raw = Buffer.from(secret.slice(secret.indexOf("_") + 1), "base64");

// In earnest tables of a database, so that what was answered with 204 is still there after a crash.
const inbox = new Map();
const newest = new Map();

const mac = (signed) => createHmac("sha256", raw).update(signed).digest();
const ed25519 = () => createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") } });
const checks = {
  whsec_: ["v1", (signed, given) => given.length === 32 && timingSafeEqual(mac(signed), given)],
  whpk_: ["v1a", (signed, given) => verify(null, signed, ed25519(), given)],
};
const [version, matches] = checks[secret.slice(0, secret.indexOf("_") + 1)];

/** Tell whether the message was signed with our secret in the last five minutes; `body` is the bytes as they came. */
function isGenuine(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  if (!id || !signatures || !/^[0-9]{1,12}$/.test(timestamp ?? "")) return false;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S) return false;
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  return signatures.split(" ").some((one) => {
    const [name, text] = one.split(",");
    return name === version && matches(signed, Buffer.from(text ?? "", "base64"));
  });
}

/** Tell whether something newer of the same subject came before: messages may overtake each other. */
function isStale({ type, data: { subject, sequence } }) {
  const about = `${type.split(".")[0]} ${subject}`;
  if (sequence <= (newest.get(about) ?? 0)) return true;
  newest.set(about, sequence);
  return false;
}

/** Do what your pipeline does; what takes long belongs into another process, which reads the inbox. */
function handle(event) {
  console.log(isStale(event) ? "stale" : "handled", event.type, event.data.subject);
}

async function bytesOf(request) {
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size <= MAX_BODY_BYTES) pieces.push(piece);
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(pieces) : null;
}

const server = createServer(async (request, response) => {
  const body = await bytesOf(request).catch(() => null);
  if (body === null) return response.writeHead(413).end();
  if (!isGenuine(request.headers, body)) return response.writeHead(401).end();
  const id = request.headers["webhook-id"];
  const isNew = !inbox.has(id);
  inbox.set(id, body);
  response.writeHead(204).end(); // first answer, then work: whoever takes longer than 15 seconds is sent it again
  if (isNew) handle(JSON.parse(body));
  else console.log("repeated", id);
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log(`listening on port ${server.address().port}`));
