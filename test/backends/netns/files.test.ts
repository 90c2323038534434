import { appendFile, cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { netnsFiles } from "../../../src/backends/netns/files.ts";
import { localHost } from "../../../src/system/local-host.ts";

const host = localHost();
const projectFolder = (name: string) => new URL(`../../../${name}`, import.meta.url).pathname;
const library = projectFolder("libexec/sandbox");
let guest: string;

beforeEach(async () => {
  guest = await mkdtemp(join(tmpdir(), "ikv-guest-"));
  await cp(projectFolder("guest"), guest, { recursive: true });
});

afterEach(() => host.remove(guest));

it("a netns gets the programs of all switches and those of namespaces, and none of virtual machines'", async () => {
  const { files } = await netnsFiles(host, { library, guest });
  const programs = files.flatMap(({ path, mode }) =>
    path.startsWith("/opt/ikvswitch/") ? [`${mode.toString(8)} ${path.slice("/opt/ikvswitch/".length)}`] : [],
  );
  expect(programs).toEqual(
    expect.arrayContaining([
      ...["755 apply", "755 ask-frr", "755 set-up", "755 init", "755 confine"],
      ...["644 backend.sh", "644 functions.sh", "644 split-frr.awk", "644 IkvSwitch/Frr.pm"],
    ]),
  );
  expect(programs.filter((program) => /boot|service|clone|Archive|launch|enter/.test(program))).toEqual([]);
});

it("the digest of a netns's programs changes with them, and not with the programs of virtual machines", async () => {
  const program = async () => (await netnsFiles(host, { library, guest })).program;
  const before = await program();
  await appendFile(join(guest, "qemu/rootfs/usr/lib/ikvswitch/boot"), "# changed\n");
  expect(await program()).toBe(before);
  await appendFile(join(guest, "common/set-up"), "# changed\n");
  expect(await program()).not.toBe(before);
});
