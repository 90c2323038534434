import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { endingWithInput } from "../../../src/capture/command.ts";
import { memberParts } from "../../../src/fabric/member-part.ts";
import { planFabric } from "../../../src/fabric/plan.ts";
import { connectMembers } from "../../../src/hosts/connect.ts";
import { withMembersLock } from "../../../src/hosts/lock-members.ts";
import type { NetworkHost } from "../../../src/hosts/network-host.ts";
import { networkHosts } from "../../../src/hosts/network-host.ts";
import { configFrom } from "../../fabric/config.ts";
import { createUnderlay, type Underlay } from "./underlay.ts";

/** The internet router is on beta. */
const fabric = planFabric(configFrom("HOSTS='alpha=10.0.0.1 beta=10.0.0.2'", "PLACE=internet=beta"));
const LOCK = "/run/fabric.lock";

let underlay: Underlay;
let hosts: readonly NetworkHost[];

beforeAll(async () => {
  underlay = await createUnderlay(memberParts(fabric).map(({ member }) => member.name));
  hosts = await networkHosts(underlay.operator, fabric, underlay);
});

afterAll(async () => {
  await Promise.all(
    (await connectMembers(underlay.operator, fabric, underlay)).map(({ host }) => host.close()),
  );
  await underlay?.close();
});

function locked<T>(work: () => Promise<T>, waits: string[] = [], timeoutMs = 20_000): Promise<T> {
  const options = { purpose: "ikvswitch up", onWait: (holder: string) => waits.push(holder) };
  return withMembersLock(hosts, { ...options, timeoutMs, runDir: "/run/fabric" }, work);
}

it("two administrators change a fabric one after the other, and the second is told of the first", async () => {
  const order: string[] = [];
  const waits: string[] = [];
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const first = locked(async () => {
    begun();
    await pause(500);
    order.push("first");
  });
  await hasBegun;
  await locked(async () => order.push("second"), waits);
  await first;
  expect(order).toEqual(["first", "second"]);
  expect(waits).toEqual([expect.stringMatching(/^\S+, ikvswitch up; on beta$/)]);
});

it("whoever waits too long is told where the lock is", async () => {
  await locked(async () => {
    await expect(locked(async () => {}, [], 1_000)).rejects.toThrow(
      `another ikvswitch has not finished within 1 s; it holds ${LOCK} on beta`,
    );
  });
});

it("the lock of one who was killed, or whose connection ended, is free again", async () => {
  const beta = hosts.find(({ member }) => member === "beta")?.host;
  const holder = await beta?.startPiped({
    file: "sh",
    args: ["-c", `exec 9>>${LOCK}; flock 9; echo held; exec cat`],
  });
  await new Promise((resolve) => holder?.output.once("data", resolve));
  const waits: string[] = [];
  const next = locked(async () => "done", waits);
  await pause(300);
  holder?.kill();
  expect(await next).toBe("done");
  expect(waits).toHaveLength(1);
});

it("a program there that ends with its input ends when its connection does, and has its exit code", async () => {
  const beta = hosts.find(({ member }) => member === "beta");
  const count = async () =>
    Number((await beta?.host.run({ file: "sh", args: ["-c", "pgrep -cx 'sleep 4321' -f || true"] }))?.stdout);
  const endless = await beta?.host.startPiped(endingWithInput({ file: "sleep", args: ["4321"] }));
  await expect.poll(count).toBe(1);
  endless?.kill();
  await expect.poll(count).toBe(0);
  const short = await beta?.host.startPiped(endingWithInput({ file: "sh", args: ["-c", "exit 7"] }));
  expect((await short?.ended)?.exitCode).toBe(7);
});
