import { describe, expect, it } from "vitest";
import product from "../../../package.json" with { type: "json" };
import { programs } from "../../../src/cli/program/commands.ts";
import { manualOfPrograms } from "../../../src/cli/program/manual.ts";
import { SECTIONS } from "../../../src/config/keys/table.ts";
import { isFamily } from "../../../src/config/keys.ts";

const pages = new Map(manualOfPrograms("2026-11-30").map(({ file, text }) => [file, text]));

/** Returns a page as its reader sees it, but for fonts and filling. */
function textOf(file: string): string {
  return (pages.get(file) ?? "")
    .replaceAll(/\\f[BIR]/g, "")
    .replaceAll("\\-", "-")
    .replaceAll("\\(aq", "'")
    .replaceAll("\\(ti", "~")
    .replaceAll("\\e", "\\");
}

describe("the manual", () => {
  it("has a page for each program, each command and the configuration", () => {
    const shown = programs.ikvswitch.commands.filter((module) => module.describe !== false);
    const commands = shown.map(({ command }) => String(command).split(" ")[0]);
    expect([...pages.keys()].toSorted()).toEqual(
      [
        "ikvswitch.1",
        ...commands.map((name) => `ikvswitch-${name}.1`),
        "ikvswitch-host-networking.1",
        "ikvswitch-setup.1",
        "ikvswitch.conf.5",
      ].toSorted(),
    );
  });

  it("is installed by npm, too", () => {
    expect(product.man).toEqual([...pages.keys()].toSorted().map((file) => `dist/man/${file}`));
  });

  it("says of a command what its help says", () => {
    const page = textOf("ikvswitch-up.1");
    expect(page).toContain("ikvswitch-up - Bring up or update the fabric, and wait for routing to converge");
    expect(page).toContain("ikvswitch up [options]");
    expect(page).toContain(
      ".TP\n--backend qemu|netns|incus\nRun switches as VMs (qemu), namespaces (netns) or containers of a cluster (incus); overrides BACKEND",
    );
  });

  it("has each command of a group, with its examples", () => {
    const page = textOf("ikvswitch-snapshot.1");
    for (const name of ["save", "ls", "restore", "rm"]) {
      expect(page).toContain(`.SS "ikvswitch snapshot ${name}"`);
    }
    expect(page).toContain(
      "Save the fabric's state:\n.PP\n.RS 4\n.nf\nikvswitch snapshot save before-upgrade\n",
    );
    expect(textOf("ikvswitch-link.1")).not.toContain("silence");
  });

  it("has every key of the configuration", () => {
    const page = textOf("ikvswitch.conf.5");
    for (const [key, spec] of SECTIONS.flatMap(({ keys }) => Object.entries(keys))) {
      const name = isFamily(spec) ? `${spec.family.before}n${spec.family.after}, 1 to ` : `${key}\n`;
      expect(page).toContain(`.TP\n${name}`);
    }
    expect(page).not.toMatch(/undefined|\]\(|`/);
  });

  it("escapes what roff would interpret", () => {
    for (const text of pages.values()) {
      expect(text).not.toMatch(/^(?!\.(TH|SH|SS|TP|PP|RS|RE|nf|fi|br)( |$))\./m);
      expect(text).not.toMatch(/^'|\\(?![fe&(-])/m);
    }
  });
});
