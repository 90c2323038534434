import { describe, expect, it } from "vitest";
import { processRole } from "../../src/bmc/processes.ts";

const RUN = "/run/ikvswitch";

describe("a process is recognised by the files in its command line", () => {
  it.each([
    [
      "a simulator",
      `ipmi_sim -n -c ${RUN}/bmc/nodes/leaf3/lan.conf -f x`,
      { kind: "simulator", node: "leaf3" },
    ],
    [
      "a simulator being started",
      `setpriv -- env -i ipmi_sim -n -c ${RUN}/bmc/nodes/leaf3/lan.conf`,
      { kind: "simulator", node: "leaf3" },
    ],
    [
      "the proxy",
      `/usr/bin/node ${RUN}/bmc/lib/attendant.mjs ${RUN}/bmc/attendant/attendant.json`,
      { kind: "proxy" },
    ],
    ["a chassis program", `/bin/sh ${RUN}/bmc/lib/bmc-chassis get power`, { kind: "chassis" }],
    ["another fabric's simulator", "ipmi_sim -n -c /run/other/bmc/nodes/leaf3/lan.conf", undefined],
    [
      "a simulator of a fabric whose folder's name has the same beginning",
      `ipmi_sim -n -c ${RUN}2/bmc/nodes/leaf3/lan.conf`,
      undefined,
    ],
    ["a simulator with a path to a folder above", `ipmi_sim -n -c ${RUN}/bmc/nodes/../lan.conf`, undefined],
    ["an editor of the simulator's file", `vi ${RUN}/bmc/nodes/leaf3/lan.conf`, undefined],
    ["a shell", "/bin/sh -c true", undefined],
    ["a kernel thread", "", undefined],
  ])("%s", (_title, commandLine, role) => {
    expect(processRole(commandLine.split(" "), RUN)).toEqual(role);
  });
});
