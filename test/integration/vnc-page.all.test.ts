import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { execa } from "execa";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Backend } from "../../src/backends/model/backend.ts";
import { localHost } from "../../src/system/local-host.ts";
import { pollUntil } from "../../src/system/poll.ts";
import { readPageFiles } from "../../src/web/exchange/files.ts";
import { BROWSER_ARGUMENTS } from "../e2e/browser.ts";
import { type Served, serve, TOKEN } from "../web/served.ts";
import { projectPath } from "./namespace.ts";

//   Chromium ── page and noVNC ── the web server ── QEMU's VNC server, with a password
//
// All on loopback. The QEMU has no machine: what counts are its VNC server and the keyboard.

const TIMEOUT_MS = 120_000;
const PASSWORD = "abc12345";
const VNC_PORT_START = 5900;

let web: Served;
let browser: Browser;
const stop = new AbortController();

beforeAll(async () => {
  const vncPort = await freePort();
  const qemu = execa(
    "qemu-system-x86_64",
    [
      ..."-machine none -nodefaults -display none -monitor none".split(" "),
      ...["-object", `secret,id=password,data=${PASSWORD}`],
      ...["-vnc", `127.0.0.1:${vncPort - VNC_PORT_START},password-secret=password`],
    ],
    { cancelSignal: stop.signal, reject: false },
  );
  qemu.catch(() => {});
  await pollUntil({ what: "the VNC server", timeoutMs: 20_000, intervalMs: 50 }, async () => {
    const socket = connect(vncPort, "127.0.0.1");
    const [event] = await Promise.race([
      once(socket, "connect").then(() => ["connected"]),
      once(socket, "close").then(() => ["refused"]),
    ]).catch(() => ["refused"]);
    socket.destroy();
    return event === "connected" ? { done: true, value: undefined } : { done: false, seen: String(event) };
  });
  const files = await readPageFiles(localHost(), projectPath("dist/web"));
  web = await serve({ vncPort, files, backend: running, vncPassword: PASSWORD });
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: BROWSER_ARGUMENTS,
    timeout: TIMEOUT_MS,
  });
}, TIMEOUT_MS);

afterAll(async () => {
  await browser.close();
  await web.stop();
  stop.abort();
}, TIMEOUT_MS);

it("a switch's VNC console opens with its password, takes the keyboard, and Ctrl-] leaves it", async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(TIMEOUT_MS);
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  await page.goto(`${web.url}/#token=${TOKEN}`);
  await page.getByRole("button", { name: "leaf1", exact: true }).click();
  await page.getByRole("button", { name: "VNC" }).click();
  await page.locator("[data-vnc=leaf1] canvas:focus").waitFor();
  await page.keyboard.press("Control+]");
  expect(await page.evaluate("document.activeElement.textContent")).toBe("leaf1 VNC");
  expect(await page.locator(".terminal-body > p").count()).toBe(0);
  expect(complaints).toEqual([]);
});

/** Switches that are on, but for their programs. */
function running(own: Backend): Backend {
  return {
    ...own,
    nodes: async (...words) => ({
      ...(await own.nodes(...words)),
      power: async () => ({ power: "on", pid: process.pid, uptimeSeconds: 1 }),
      answers: async () => true,
    }),
  };
}

/** QEMU has no port below this one, and takes the number of a display. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}
