import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planFabric } from "../../src/fabric/plan.ts";
import { shippedConfig } from "../fabric/config.ts";
import { contentOf, nodeOf, render } from "../render/site.ts";
import { runPerl } from "./run-perl.ts";

/** As Kea 2.2 writes them; Kea 2.4 added a column. */
const COLUMNS =
  "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context";
const NEWER_COLUMNS = `${COLUMNS},pool_id`;

const lease = (last: number, changes: { readonly lifetime?: number; readonly name?: string } = {}) =>
  `192.168.110.${last},52:54:00:00:00:${String(last).padStart(2, "0")},01:ff,${changes.lifetime ?? 3600},1764431000,1,0,0,${changes.name ?? ""},0,`;

let folder: string;
let store: string;
let conf: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ikv-leases-"));
  [store, conf, file] = [join(folder, "store"), join(folder, "kea.conf"), join(folder, "kea.csv")];
  await writeFile(store, "");
  const fabric = planFabric(shippedConfig());
  await writeFile(conf, contentOf(render(fabric, nodeOf(fabric, "leaf1")), "/etc/kea/kea-dhcp4.conf"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const keep = (text: string) =>
  runPerl("Slots", "IkvSwitch::Slots::write_text($ARGV[0], do { local $/; <STDIN> })", [store], text);

/** Restores the leases from the store, and returns them as they would be written to the store again. */
async function restore(): Promise<string> {
  const script = "print IkvSwitch::Leases::text_of(IkvSwitch::Leases::restore_leases(@ARGV))";
  const { stdout, stderr } = await runPerl("Leases", script, [store, conf, file]);
  expect(stderr).toBe("");
  return stdout;
}

/** Passes lines to the leases of a switch, and returns what is kept. */
async function take(lines: readonly string[]): Promise<readonly string[]> {
  const script = `
    my $leases = IkvSwitch::Leases::no_leases();
    IkvSwitch::Leases::take_lines($leases, split /\\n/, do { local $/; <STDIN> });
    print IkvSwitch::Leases::text_of($leases);`;
  const { stdout, stderr } = await runPerl("Leases", script, [], lines.join("\n"));
  expect(stderr).toBe("");
  return stdout.trimEnd().split("\n");
}

describe("the DHCP leases that a leaf keeps", () => {
  it("are the last line of each address, without deleted ones", async () => {
    expect(
      await take([
        COLUMNS,
        lease(21),
        lease(20),
        lease(22),
        lease(20, { name: "db1" }),
        lease(21, { lifetime: 0 }),
      ]),
    ).toEqual([COLUMNS, lease(20, { name: "db1" }), lease(22)]);
  });

  it("are without lines that are none", async () => {
    const good = lease(20, { name: "n\u00e4me with blanks&#x2c and more" });
    const bad = [
      "garbage",
      "",
      lease(21).replace("192.168.110.21", "192.168.110.256"),
      lease(21).replace("192.168.110.21", "leaf1"),
      lease(21).replace("52:54", "52:5g"),
      lease(21).replace("3600", "-1"),
      lease(21, { name: "a,b" }),
      lease(21, { name: "a\u0007b" }),
      lease(21, { name: "x".repeat(2000) }),
      lease(21).slice(0, 30),
    ];
    expect(await take([COLUMNS, ...bad, good])).toEqual([COLUMNS, good]);
    expect(await take([lease(20)])).toEqual([""]);
  });

  it("get the columns of another version of Kea as soon as it writes them", async () => {
    const newer = `${lease(22)},0`;
    expect(await take([COLUMNS, lease(20), NEWER_COLUMNS, newer])).toEqual([
      NEWER_COLUMNS,
      `${lease(20)},0`,
      newer,
    ]);
    expect(await take([NEWER_COLUMNS, newer, COLUMNS, lease(20)])).toEqual([COLUMNS, lease(20), lease(22)]);
  });
});

describe("a leaf that starts again", () => {
  const text = [COLUMNS, lease(20), lease(21), ""].join("\n");

  it("gives Kea the leases that it had", async () => {
    await keep(text);
    expect(await restore()).toBe(text);
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("gives Kea no file if it has no leases", async () => {
    expect(await restore()).toBe("\n");
    await expect(readFile(file)).rejects.toThrow("ENOENT");
  });

  it("drops leases outside of its DHCP network, which was changed meanwhile", async () => {
    const elsewhere = lease(22).replace("192.168.110.", "192.168.111.");
    await keep(`${text}${elsewhere}\n`);
    expect(await restore()).toBe(text);
    await writeFile(conf, (await readFile(conf, "utf8")).replace("192.168.110.0/24", "192.168.110.16/30"));
    await rm(file);
    expect(await restore()).toBe(`${COLUMNS}\n`);
    await expect(readFile(file)).rejects.toThrow("ENOENT");
  });

  it("drops what is no lease", async () => {
    await keep(`${text}no lease\n${lease(23).slice(0, 40)}`);
    expect(await restore()).toBe(text);
    expect(await readFile(file, "utf8")).toBe(text);
  });

  it("leaves Kea's file as it is if only Kea starts again", async () => {
    await keep(text);
    const newer = `${COLUMNS}\n${lease(30)}\n`;
    await writeFile(file, newer);
    await restore();
    expect(await readFile(file, "utf8")).toBe(newer);
  });
});

describe("Kea's file", () => {
  /** Runs these shell commands, and returns the new lines after each. */
  async function follow(...steps: readonly string[]): Promise<readonly string[]> {
    const script = `
      my ($file, @steps) = @ARGV;
      my $lines = IkvSwitch::Leases::follow_lines($file);
      for my $step (@steps) {
        system('sh', '-c', $step, 'sh', $file) == 0 or die;
        print join(' ', $lines->()), "\\n";
      }`;
    const { stdout, stderr } = await runPerl("Leases", script, [file, ...steps]);
    expect(stderr).toBe("");
    return stdout.split("\n").slice(0, -1);
  }

  it("is read as it grows, line by line", async () => {
    const append = (text: string) => `printf '${text}' >>"$1"`;
    const steps = ["true", append("a\\nb\\n"), append("c"), append("d\\n"), "true", append("e\\n")];
    expect(await follow(...steps)).toEqual(["", "a b", "", "cd", "", "e"]);
  });

  it("is read to its end, and then from the beginning of the one that replaces it", async () => {
    const replace = 'echo b >>"$1"; mv "$1" "$1.1"; echo c >"$1"';
    expect(await follow('echo a >"$1"', replace, 'echo d >>"$1"')).toEqual(["a", "b c", "d"]);
  });
});
