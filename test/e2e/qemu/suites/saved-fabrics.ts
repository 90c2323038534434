import { expect, it } from "vitest";
import { STATE_DIR } from "../../fabric-site.ts";
import { expectSameSessions, type Sessions, spineSessions } from "../sessions.ts";
import { type SharedFabric, sharedSuite } from "../shared-fabric.ts";
import type { UpReport } from "./clones.ts";

/** Must be given to each `up`: the fabric's own settings make none. */
export const WARM_FABRIC = ["--set", "WARM_FABRIC_MAX_MIB=4096"];
export const SAVED_FABRICS = `${STATE_DIR}/saved-fabrics`;

const CLOCK_TOLERANCE_S = 2;
const TIMEOUT_MS = 10 * 60_000;

/** Tests of starts from a warm fabric, and of `down --keep`. */
export function savedFabricTests(shared: SharedFabric): void {
  const { site, fabric } = shared;
  const names = fabric.nodes.map(({ name }) => name);
  const all = (outcome: string) => Object.fromEntries(names.map((name) => [name, outcome]));
  const inside = (node: string, ...words: readonly string[]) => site().inside(node, ...words);
  const up = async (...words: readonly string[]) =>
    (await site().json(["up", ...WARM_FABRIC, ...words])) as UpReport;
  const saved = async () => {
    const { images } = (await site().json(["image", "ls"])) as {
      images: { savedFabrics: { kind: string; switches: number; diskMiB: number }[] }[];
    };
    return images.flatMap(({ savedFabrics }) => savedFabrics);
  };
  const random = () => inside("leaf1", "sh", "-c", "head -c 32 /dev/urandom | sha256sum");

  sharedSuite("a fabric that is taken down", shared, () => {
    let uptimeOfClone: number;
    let drawn: string;

    it(
      "is saved by an `up` that clones all switches, which ends no session",
      async () => {
        await site().ikvswitch(["down"]);
        expect(await up()).toMatchObject({ outcomes: all("cloned"), asPlanned: true });
        const sessions = await spineSessions(site());
        expect(Object.values(sessions).map(({ connectionsEstablished }) => connectionsEstablished)).toEqual(
          Object.values(sessions).map(() => 1),
        );
        const [warm, ...others] = await saved();
        expect(others).toEqual([]);
        expect(warm).toMatchObject({ kind: "warm", switches: names.length });
        expect((await site().ikvswitch(["image", "ls"])).stdout).toMatch(/^warm /m);
        const { stdout } = await site().host.run("find", [
          ...[SAVED_FABRICS, "(", "!", "-user", "root", "-o", "-perm", "/022", ")"],
        ]);
        expect(stdout).toBe("");
        await inside("leaf1", "sh", "-c", "echo changed >/root/mark; sync");
        drawn = await random();
        uptimeOfClone = Number((await inside("leaf1", "cat", "/proc/uptime")).split(" ")[0]);
      },
      TIMEOUT_MS,
    );

    it(
      "resumes from there at the next `up`, without later changes, with the time of now and new random numbers",
      async () => {
        await site().ikvswitch(["down"]);
        expect(await up()).toMatchObject({ outcomes: all("resumed"), asPlanned: true });
        const asked = Date.now() / 1000;
        const seen = await inside(
          "leaf1",
          "sh",
          "-c",
          "cat /proc/uptime; hostname; ls /root; dmesg; date +%s",
        );
        expect(Number(seen.split(" ")[0])).toBeLessThan(uptimeOfClone + 60);
        expect(seen).toContain("\nleaf1\n");
        expect(seen).not.toContain("mark");
        expect(seen).toContain("crng reseeded due to virtual machine fork");
        const time = Number(seen.trim().split("\n").at(-1));
        expect(time).toBeGreaterThan(asked - CLOCK_TOLERANCE_S);
        expect(time).toBeLessThan(Date.now() / 1000 + CLOCK_TOLERANCE_S);
        expect(await random()).not.toBe(drawn);
        expect((await up()).outcomes).toEqual(all("kept"));
        // Services that are not for routing have started.
        await site().ikvswitch(["check", "--wait", "90s"]);
      },
      TIMEOUT_MS,
    );

    it(
      "keeps files, routing and sessions with `down --keep` until the next `up`, which uses them up",
      async () => {
        await inside("leaf1", "sh", "-c", "echo changed >/root/mark");
        await inside("leaf1", "vtysh", "-c", "configure", "-c", "ip route 198.51.100.0/24 blackhole");
        const before: Sessions = await spineSessions(site());
        const down = (await site().json(["down", "--keep"])) as { kept: { switches: number } };
        expect(down.kept.switches).toBe(names.length);
        expect((await site().ikvswitch(["status"], [4])).stdout).toMatch(
          /^Kept: \d+ switches at .* 'ikvswitch up'/m,
        );
        expect((await site().ikvswitch(["snapshot", "ls"])).stdout).not.toContain("kept");
        const { stdout, stderr } = await site().ikvswitch(["--json", "up", ...WARM_FABRIC]);
        expect(JSON.parse(stdout)).toMatchObject({ outcomes: all("resumed"), asPlanned: true, kept: null });
        expect(await inside("leaf1", "cat", "/root/mark")).toBe("changed\n");
        expect(await inside("leaf1", "ip", "route")).toContain("blackhole 198.51.100.0/24");
        if (!stderr.includes("re-established")) {
          await expectSameSessions(site(), before);
        }
        expect((await saved()).map(({ kind }) => kind)).toEqual(["warm"]);
      },
      TIMEOUT_MS,
    );

    it(
      "is started anew by `up --fresh`, and is as before without a saved fabric",
      async () => {
        await site().ikvswitch(["down", "--keep"]);
        const { stderr } = await site().ikvswitch(["up", "--fresh"]);
        expect(stderr).toMatch(/Discard the kept switches: \d+ switches, kept at /);
        expect(await saved()).toEqual([]);
        expect(await inside("leaf1", "ls", "/root")).not.toContain("mark");
        await site().host.run("rm", ["-r", SAVED_FABRICS]);
      },
      TIMEOUT_MS,
    );
  });
}
