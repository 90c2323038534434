import { afterAll, beforeAll, expect, it } from "vitest";
import { captureState } from "./host-state.ts";
import { installProgram } from "./install-program.ts";
import { createSite, projectPath, type Site } from "./namespace.ts";

// A backend outside of src: the code that brings fabrics up, reports their status and takes them down uses only its
// interface.

const PROGRAM = "/run/third/bin/main.mjs";
const STATE = ["BACKEND=third", "NUM_RACKS=1", "NUM_U=4", "STATE_DIR=/run/third/state"];

let site: Site;

beforeAll(async () => {
  site = await createSite();
  await installProgram(site, "test/backends/third/main.ts", PROGRAM);
  // What the host starts, such as the probes.
  await site.host.run("ln", ["-s", projectPath("libexec"), "/run/libexec"]);
});

afterAll(() => site.close());

async function third(action: "up" | "status" | "down") {
  const { stdout } = await site.host.run(process.execPath, [PROGRAM, action, ...STATE]);
  return JSON.parse(stdout);
}

it("a third backend needs a folder and a line: its fabric comes up, has a status and is taken down", async () => {
  const before = await captureState(site.host);
  const first = await third("up");
  expect(first.titles).toEqual([
    "Check this host",
    "Set up the host network",
    "Start the switches",
    "Wait for routing to converge",
  ]);
  expect(first.outcomes).toEqual({
    internet: "started",
    spine1: "started",
    spine2: "started",
    leaf1: "started",
    leaf2: "started",
  });
  // Only what was seen counts.
  const counts = (what: string) => first.notes.filter((note: string) => note.endsWith(what));
  expect(counts("loopbacks answer")[0]).toMatch(/^[01] of 5 /);
  expect(counts("loopbacks answer").at(-1)).toMatch(/^5 of 5 /);
  expect(counts("BGP sessions are established")[0]).toMatch(/^[0-3] of 6 /);
  const status = await third("status");
  expect(status).toMatchObject({ backend: "third", bmcs: [], faults: [], damaged: [], asPlanned: true });
  expect(status.switches.map(({ vnc, bmc }: { vnc: unknown; bmc: unknown }) => [vnc, bmc])).toEqual(
    Array(5).fill([null, null]),
  );
  const second = await third("up");
  expect(new Set(Object.values(second.outcomes))).toEqual(new Set(["kept"]));
  // Only the check before the stop read the network, since there was nothing to stop.
  expect(second.observations).toBe(1);
  expect((await third("down")).titles).toEqual([
    "Stop the switches' BMCs",
    "Shut down the switches",
    "Remove the host network",
  ]);
  expect(await captureState(site.host)).toEqual(before);
});
