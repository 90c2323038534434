import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import product from "../../package.json" with { type: "json" };

const read = (name: string) => readFileSync(new URL(`../../debian/${name}`, import.meta.url), "utf8");

it("Debian's package has the version of npm's", () => {
  expect(/^ikvswitch \(([^)]+)\)/.exec(read("changelog"))?.[1]).toBe(product.version);
});

it("installs files that exist, or that the build makes", () => {
  const sources = read("ikvswitch.install")
    .trim()
    .split("\n")
    .flatMap((line) => line.split(" ").slice(0, -1));
  const missing = sources.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)));
  expect(missing.filter((path) => path !== "dist")).toEqual([]);
  // All that npm's package has, but for what Debian has elsewhere.
  const others = product.files.filter((name) => !sources.includes(name));
  expect(others).toEqual(["docs"]);
});

it("depends on, or recommends, every package that the set-up installs", () => {
  const setup = readFileSync(new URL("../../scripts/setup", import.meta.url), "utf8");
  const listed = ["packages", "machine_packages", "namespace_packages"].flatMap((name) =>
    [...setup.matchAll(new RegExp(`^${name}\\+?=\\(([^)]*)\\)`, "gm"))].flatMap(([, words = ""]) =>
      words.split(" "),
    ),
  );
  // Essential packages need no dependency; each processor has its own QEMU.
  const own = listed.filter((name) => !["util-linux", "hostname", '"$qemu_package"'].includes(name));
  const control = read("control");
  expect(own.length).toBeGreaterThan(20);
  expect(own.filter((name) => !new RegExp(`[ ,]${name}[ ,\\n]`).test(control))).toEqual([]);
  expect(control).toContain("qemu-system-x86 | qemu-system-arm");
});

it("has the service's commands, off by default", () => {
  const service = read("ikvswitch.service");
  expect(service).toContain("ExecStart=/usr/bin/ikvswitch at-boot start");
  expect(service).toContain("ExecStop=/usr/bin/ikvswitch at-boot stop");
  expect(read("rules")).toContain("dh_installsystemd --no-enable --no-start");
});
