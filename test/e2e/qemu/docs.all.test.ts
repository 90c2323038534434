import { afterAll, beforeAll, expect, it } from "vitest";
import { commandLines } from "../../docs/pages.ts";
import { buildImage } from "../fabric-site.ts";
import { createUserSite, type UserSite } from "../user-site.ts";

// The commands of the how-to of network boot, as written, on a fabric of virtual machines.

const TIMEOUT_MS = 15 * 60_000;
/** What the page says that users bring, in the folder where they type. */
const OWN_SYSTEM = [
  "head -c 100000 /dev/urandom | tee linux >initrd.gz",
  "printf '#!ipxe\\nexit\\n' >all.ipxe",
];

let site: UserSite;

beforeAll(async () => {
  await buildImage();
  site = await createUserSite();
}, TIMEOUT_MS);
afterAll(() => site.close(), TIMEOUT_MS);

it(
  "the commands of docs/howto-pxe.md do what they say",
  async () => {
    await site.type([...OWN_SYSTEM, ...commandLines("docs/howto-pxe.md")]);
    expect(await site.pids()).toEqual({});
  },
  TIMEOUT_MS,
);
