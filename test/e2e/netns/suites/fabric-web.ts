import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pollUntil } from "../../../../src/system/poll.ts";
import type { Started } from "../../../integration/namespace.ts";
import { type HostBrowser, openBrowser } from "../../browser.ts";
import type { NetnsSite } from "../../netns-site.ts";
import { untilConverged } from "../fabric-status.ts";
import { webAddress } from "../web-address.ts";

const TIMEOUT_MS = 120_000;
/** The link between spine1 and leaf1. */
const BROKEN = "iksb12";
/** Waits for itself, so that it is there when the server ends. */
const MARK = "echo $((6 * 7))-$(hostname); sleep 98765";

/** In the page: colours of the broken link and of a text that tells of something bad. */
const COLOURS = `[
  getComputedStyle(document.querySelector("[data-bridge=${BROKEN}] .line")).stroke,
  getComputedStyle(document.querySelector(".verdict.bad")).color,
].join(" ")`;

/** In the page: what can be pressed, and has no name for a screen reader. */
const NAMELESS = `[...document.querySelectorAll("button, [role=button], [role=tab], input")]
  .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
  .map(({ outerHTML }) => outerHTML)`;

/** Tests of `ikvswitch web` in a browser, on the fabric of nine switches. */
export function webTests(site: () => NetnsSite): void {
  describe("the page of `ikvswitch web`", () => {
    let server: Started;
    let browser: HostBrowser;
    let page: Page;
    const complaints: string[] = [];

    beforeAll(async () => {
      server = site().start(["web", "--listen", "127.0.0.1:0"]);
      const url = await webAddress(server);
      browser = await openBrowser(site().host);
      page = await browser.browser.newPage({
        viewport: { width: 1440, height: 900 },
        reducedMotion: "reduce",
      });
      page.setDefaultTimeout(TIMEOUT_MS);
      // Such as those of the Content-Security-Policy. A refused capture, which is tested, is one as well.
      page.on("console", (message) => {
        if (!message.location().url.endsWith("/captures")) {
          complaints.push(message.text());
        }
      });
      page.on("pageerror", ({ message }) => complaints.push(message));
      await page.goto(url);
    }, TIMEOUT_MS);

    afterAll(async () => {
      await browser.close();
    });

    it("shows nine switches that are up, and no longer the token", async () => {
      await page.locator(".node.good").nth(8).waitFor();
      expect(await page.locator(".node").count()).toBe(9);
      await page.getByText("as planned, 9 of 9 switches up").waitFor();
      expect(page.url()).not.toContain("token");
    });

    it("takes a link down, and shows it red, with a sign and words", async () => {
      await page.locator(`[data-bridge=${BROKEN}] .hit`).dispatchEvent("click");
      await page.getByRole("heading", { name: "spine1 ens5 – leaf1 ens4" }).waitFor();
      await page.getByRole("button", { name: "Take down" }).click();
      const line = page.locator(`[data-bridge=${BROKEN}].bad.down .line`);
      await line.waitFor();
      expect(await page.evaluate(COLOURS)).toMatch(/^(rgb\(189, 31, 45\)) \1$/);
      await page.locator(".details dd.bad", { hasText: "down (injected)" }).waitFor();
      const { links } = (await site().json(["link", "ls"])) as {
        readonly links: readonly { readonly bridge: string; readonly state: string }[];
      };
      expect(links.filter(({ state }) => state !== "up").map(({ bridge }) => bridge)).toEqual([BROKEN]);
    });

    it("has a console of leaf1, which runs what is typed", async () => {
      await page.getByRole("button", { name: "leaf1", exact: true }).click();
      await page.getByRole("button", { name: "Shell" }).click();
      const terminal = page.locator("[data-terminal='leaf1 shell']");
      await terminal.getByText("#").first().waitFor();
      await page.keyboard.type(`${MARK}\n`);
      await terminal.getByText("42-leaf1").first().waitFor();
      await page.keyboard.press("Control+]");
      expect(await page.evaluate("document.activeElement.textContent")).toBe("leaf1 shell");
    });

    it("captures frames of a link to a file", async () => {
      await page.getByRole("button", { name: /^spine2 ens5 – leaf1 ens5/ }).click();
      await page.getByLabel("Frames").fill("2");
      await page.getByLabel("Filter").fill("udp port 3784");
      const waiting = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download pcap" }).click();
      const download = await waiting;
      expect(download.suggestedFilename()).toBe("iksb22.pcap");
      const { stdout } = await site().host.run("tcpdump", ["-n", "-r", await download.path()]);
      expect(stdout.trim().split("\n")).toHaveLength(2);
      await page.getByLabel("Filter").fill("no such filter");
      await page.getByRole("button", { name: "Follow" }).click();
      await page.getByRole("alert").getByText("invalid filter").waitFor();
    });

    it("repairs the link, by keyboard alone, and tells of it", async () => {
      await page.locator("[data-node=leaf1]").focus();
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: /^spine1 ens5 – leaf1 ens4/ }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Repair" }).focus();
      await page.keyboard.press("Enter");
      await page.locator(`[data-bridge=${BROKEN}].good`).waitFor();
      await page.keyboard.press("Escape");
      await page.locator(".details").waitFor({ state: "detached" });
      await page.locator("#tab-switches").focus();
      await page.keyboard.press("ArrowLeft");
      await page.getByRole("log").getByText("spine1 ens5 – leaf1 ens4: up").waitFor();
      await untilConverged(site());
    });

    it("starts a VM in a rack, and shows when it is off", async () => {
      await site().ikvswitch(["vm", "create", "-t", "empty", "vm1"]);
      try {
        await page.getByRole("tab", { name: "VMs" }).click();
        const row = page.getByRole("row", { name: /^vm1/ });
        await row.getByRole("button", { name: "Start" }).click();
        await row.getByText("running").waitFor();
        expect(await row.getByRole("button", { name: "VNC" }).isEnabled()).toBe(true);
        await site().ikvswitch(["vm", "stop", "--force", "vm1"]);
        await row.getByText("off").waitFor();
      } finally {
        await site().ikvswitch(["vm", "rm", "--force", "vm1"]);
      }
    });

    it("has a name for everything that can be pressed, and no complaint of the browser", async () => {
      expect(await page.evaluate(NAMELESS)).toEqual([]);
      expect(complaints).toEqual([]);
    });

    it("ends by Ctrl-C, with the programs of its consoles", async () => {
      const sleeping = () => site().host.run("pgrep", ["-f", "^sleep 98765"], { exitCodes: [0, 1] });
      expect((await sleeping()).exitCode).toBe(0);
      server.kill("SIGINT");
      expect((await server.output).exitCode).toBe(0);
      await pollUntil(
        { what: "the end of the console's program", timeoutMs: 10_000, intervalMs: 50 },
        async () => {
          const { stdout, exitCode } = await sleeping();
          return exitCode === 1 ? { done: true, value: undefined } : { done: false, seen: stdout };
        },
      );
    });
  });
}
