import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import type { Namespace } from "../integration/namespace.ts";

/** Debian's Chromium on a test's host. */
export interface HostBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** All that would connect to elsewhere, and what takes a screen, is off. The sandbox is not for root. */
export const BROWSER_ARGUMENTS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

const TIMEOUT_MS = 120_000;

/** Starts a browser in the host's network namespace. It speaks to us by pipes. */
export async function openBrowser(host: Namespace): Promise<HostBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "ikvswitch-browser-"));
  const program = join(folder, "chromium");
  await writeFile(
    program,
    `#!/bin/sh\nexec nsenter --target ${host.pid} --net --mount -- /usr/bin/chromium "$@"\n`,
  );
  await chmod(program, 0o755);
  const browser = await chromium.launch({
    executablePath: program,
    args: BROWSER_ARGUMENTS,
    env: { PATH: process.env.PATH ?? "", HOME: folder },
    timeout: TIMEOUT_MS,
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
