import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOMY } from "../../fabric/config.ts";
import type { Started } from "../../integration/namespace.ts";
import { type HostBrowser, openBrowser } from "../browser.ts";
import { createNetnsSite, type NetnsSite } from "../netns-site.ts";
import { webAddress } from "./web-address.ts";

// The page of a large fabric that does not run, on screens of two sizes.

const TIMEOUT_MS = 180_000;
const RACKS = 64;

let site: NetnsSite;
let server: Started;
let browser: HostBrowser;
let url = "";

beforeAll(async () => {
  site = await createNetnsSite([`NUM_RACKS=${RACKS}`, "NUM_SPINES=8", "NUM_U=48", ...ROOMY]);
  server = site.start(["web", "--listen", "127.0.0.1:0"]);
  url = await webAddress(server);
  browser = await openBrowser(site.host);
}, TIMEOUT_MS);

afterAll(async () => {
  await browser.close();
  server.kill("SIGINT");
  await server.output;
  await site.close();
}, TIMEOUT_MS);

async function open(width: number, colorScheme: "light" | "dark"): Promise<Page> {
  const page = await browser.browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  page.setDefaultTimeout(TIMEOUT_MS);
  await page.goto(url);
  await page.locator(`[data-node=leaf${2 * RACKS}]`).waitFor();
  return page;
}

/** In the page: how far its content is wider than the screen, in pixels. */
const OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

describe.each([
  [1440, "light"],
  [360, "dark"],
] as const)("on a screen of %d pixels, %s", (width, colorScheme) => {
  let page: Page;

  beforeAll(async () => {
    page = await open(width, colorScheme);
  }, TIMEOUT_MS);

  afterAll(() => page.close());

  it("64 racks fit, collapsed, and nothing is wider than the screen", async () => {
    expect(await page.locator(".rack").count()).toBe(RACKS);
    expect(await page.locator(".node").count()).toBe(2 * RACKS + 8 + 1);
    expect(await page.locator(".slot").count()).toBe(0);
    expect(
      await page.evaluate(
        "document.querySelector('.scroll').scrollWidth - document.querySelector('.scroll').clientWidth",
      ),
    ).toBeLessThanOrEqual(0);
    for (const tab of ["Switches", "Links", "VMs", "Check", "Events"]) {
      await page.getByRole("tab", { name: tab }).click();
      expect([tab, await page.evaluate(OVERFLOW)]).toEqual([tab, 0]);
    }
  });

  it("a rack is opened and closed by its label, with the keyboard", async () => {
    const label = page.getByRole("button", { name: "Rack 64: positions" });
    await label.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Rack 64 U48, free" }).waitFor();
    expect(await label.getAttribute("aria-expanded")).toBe("true");
    expect(await page.locator(".slot").count()).toBe(46);
    await page.keyboard.press("Space");
    await page.locator(".slot").first().waitFor({ state: "detached" });
  });

  it("texts have enough contrast with what is behind them", async () => {
    expect(await page.evaluate(FAINT)).toEqual([]);
    const { length } = (await page.evaluate(
      `document.documentElement.style.setProperty("--muted", "#7a7a7a"); ${FAINT}`,
    )) as readonly string[];
    expect(length).toBeGreaterThan(0);
    await page.evaluate('document.documentElement.style.removeProperty("--muted")');
  });

  it("says that nothing runs, and how to start it", async () => {
    await page.getByRole("status").filter({ hasText: "Nothing runs." }).waitFor();
    expect(await page.locator(".banner code").first().textContent()).toBe("ikvswitch up");
  });
});

/**
 * In the page: colours of texts with a contrast below 4.5 (WCAG 2.1, 1.4.3) with the surface they are on. What can't be
 * pressed now is exempt.
 */
const FAINT = `(() => {
  const luminance = (colour) => {
    const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const value = part / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const behind = (element) => {
    for (let one = element; one !== null; one = one.parentElement) {
      const { backgroundColor } = getComputedStyle(one);
      if (!/^rgba\\(.*, 0\\)$/.test(backgroundColor)) {
        return backgroundColor;
      }
    }
    return getComputedStyle(document.documentElement).backgroundColor;
  };
  const texts = [...document.querySelectorAll("h1, h2, p, th, td, dt, dd, button, label, span, code, li")];
  return [...new Set(texts.filter((one) => one.textContent.trim() !== "" && !one.closest(":disabled, [hidden]")).map((one) => {
    const [low, high] = [luminance(getComputedStyle(one).color), luminance(behind(one))].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    return ratio < 4.5 ? one.className + " " + getComputedStyle(one).color + " on " + behind(one) + ": " + ratio.toFixed(1) : "";
  }))].filter(Boolean);
})()`;
