// Answers lines on standard input: "rsk 200" does that many, each from bytes to bytes, and prints how many
// microseconds of the processor that took;
// "check" prints one rsk as hex. Arguments: folder of libpep, then item, s, k, public key as hex.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder, ...hex] = process.argv.slice(2);
const [item, s, k, pub] = hex.map((text) => Uint8Array.from(Buffer.from(text, "hex")));
const pep = await import(pathToFileURL(`${folder}/pkg-web/libpep.js`).href);
pep.initSync({ module: readFileSync(`${folder}/pkg-web/libpep_bg.wasm`) });
const [S, K] = [s, k].map((bytes) => pep.ScalarNonZero.fromBytes(bytes));
const Y = pep.GroupElement.fromBytes(pub);

function rsk() {
  const before = pep.ElGamal.fromBytes(item);
  const after = pep.rsk(before, S, K);
  const bytes = after.toBytes();
  before.free();
  after.free();
  return bytes;
}

function rrsk() {
  const r = pep.ScalarNonZero.random();
  const before = pep.ElGamal.fromBytes(item);
  const after = pep.rrsk(before, Y, r, S, K);
  const bytes = after.toBytes();
  before.free();
  after.free();
  r.free();
  return bytes;
}

const acts = { rsk, rrsk };
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "check") {
    console.log(Buffer.from(rsk()).toString("hex"));
    continue;
  }
  const [name, count] = line.split(" ");
  const begin = process.cpuUsage();
  for (let done = 0; done < Number(count); done += 1) acts[name]();
  const spent = process.cpuUsage(begin);
  console.log(String(spent.user + spent.system));
}
