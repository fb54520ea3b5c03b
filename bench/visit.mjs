// How many bytes a first and a second visit to a page take. Chromium reads it through a proxy that counts what the server sends,
// headers included, whoever asked for it: the page, its scripts, the service worker, the live socket.
// Usage: node visit.mjs <chromium> <port of the server> <path>
import { createServer, request } from "node:http";
import { createRequire } from "node:module";
import { connect } from "node:net";

const { chromium } = createRequire(new URL("../end2end/", import.meta.url))("playwright-core");
const [program, port, path] = process.argv.slice(2);
const upstream = { host: "127.0.0.1", port: Number(port) };

/** What has been sent since the last visit: path, kind and bytes of each answer. */
let sent = [];

function answerBytes({ httpVersion, statusCode, statusMessage, rawHeaders }) {
  const statusLine = `HTTP/${httpVersion} ${statusCode} ${statusMessage}\r\n`.length;
  return rawHeaders.reduce((bytes, word) => bytes + word.length + 2, statusLine + 2);
}

const proxy = createServer((asked, answer) => {
  const { method, url, headers } = asked;
  const onward = request({ ...upstream, method, path: url, headers }, (got) => {
    const { "content-type": type = "none", "content-encoding": encoding = "plain" } = got.headers;
    const entry = { url, status: got.statusCode, kind: type.split(";")[0], encoding, bytes: answerBytes(got) };
    sent.push(entry);
    got.on("data", (chunk) => (entry.bytes += chunk.length));
    answer.writeHead(got.statusCode, got.rawHeaders);
    got.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
});
proxy.on("upgrade", (asked, socket, head) => {
  const entry = { url: asked.url, status: 101, kind: "websocket", encoding: "plain", bytes: 0 };
  sent.push(entry);
  const onward = connect(upstream.port, upstream.host, () => {
    const headers = asked.rawHeaders.map((word, index) => word + (index % 2 ? "\r\n" : ": ")).join("");
    onward.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers}\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  onward.on("data", (chunk) => (entry.bytes += chunk.length));
  for (const end of [socket, onward]) end.on("error", () => (socket.destroy(), onward.destroy()));
});
await new Promise((listening) => proxy.listen(0, "127.0.0.1", listening));
const address = `http://127.0.0.1:${proxy.address().port}${path}`;

const browser = await chromium.launch({
  executablePath: program,
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });

async function visit(name) {
  sent = [];
  const page = await context.newPage();
  const broken = [];
  page.on("pageerror", (error) => broken.push(error.message));
  await page.goto(address, { waitUntil: "load" });
  // The page is alive, its service worker is there, and what both ask for has come.
  await page.waitForFunction(() => navigator.serviceWorker.controller ?? navigator.serviceWorker.ready, null, { timeout: 15_000 });
  await page.waitForTimeout(3000);
  await page.close();
  if (broken.length > 0) throw new Error(`the page broke: ${broken.join("; ")}`);
  const sum = (entries) => entries.reduce((bytes, entry) => bytes + entry.bytes, 0);
  console.log(`${name} ${sum(sent)}`);
  // What members uploaded: portraits and the pictures of posts.
  console.log(`${name}_pictures ${sum(sent.filter((entry) => entry.url.startsWith("/media/")))}`);
  for (const entry of sent) {
    console.error(`${name} ${entry.status} ${entry.bytes} ${entry.kind} ${entry.encoding} ${entry.url}`);
  }
}

await visit("first");
await visit("second");
await browser.close();
proxy.close();
proxy.closeAllConnections();
