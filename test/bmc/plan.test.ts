import { describe, expect, it } from "vitest";
import { planBmcs } from "../../src/bmc/plan.ts";
import type { BmcTarget } from "../../src/bmc/target.ts";
import { fabric, settings } from "./settings.ts";

describe("the plan of the BMCs", () => {
  it("has a simulator for every node, with an address in the BMC network, and one proxy", () => {
    const plan = planBmcs(settings);
    expect([...plan.simulators.keys()]).toEqual(fabric.nodes.map((node) => node.name));
    expect(plan.addresses.map(String)).toEqual(
      Array.from({ length: 9 }, (_, index) => `192.168.200.${10 + index}`),
    );
    expect(plan.proxy?.listens).toEqual(
      plan.addresses.map((address) => ({ address: String(address), port: 623 })),
    );
  });

  it("runs simulators as the emulator's user, whose only capability is to listen on port 623", () => {
    expect(planBmcs(settings).simulators.get("leaf3")?.command).toEqual({
      file: "perl",
      args: [
        "/usr/share/ikvswitch/libexec/from-memory",
        "/run/ikvswitch/bmc/lib/libIPMIlanserv.so.0.changed",
        "setpriv",
        "--reuid=999",
        "--regid=998",
        "--clear-groups",
        "--inh-caps=-all,+net_bind_service",
        "--ambient-caps=-all,+net_bind_service",
        "--bounding-set=-all,+net_bind_service",
        "--no-new-privs",
        "--",
        "env",
        "-i",
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "LD_LIBRARY_PATH=/run/ikvswitch/bmc/lib",
        "IKVSWITCH_CHASSIS=/run/ikvswitch/bmc/lib/bmc-chassis",
        "IKVSWITCH_FOLDER=/run/ikvswitch/bmc/nodes/leaf3",
        "ipmi_sim",
        "-n",
        "-c",
        "/run/ikvswitch/bmc/nodes/leaf3/lan.conf",
        "-f",
        "/run/ikvswitch/bmc/nodes/leaf3/commands",
        "-s",
        "/run/ikvswitch/bmc/nodes/leaf3/state",
      ],
    });
  });

  it("starts the proxy as the emulator's user, from a program that root opened", () => {
    const { proxy } = planBmcs({ ...settings, kvm: true });
    expect(proxy?.command).toEqual({
      file: "sh",
      args: [
        "-c",
        'exec 3<"$1"; shift; exec "$@"',
        "sh",
        "/usr/bin/node",
        "setpriv",
        "--reuid=999",
        "--regid=998",
        "--groups=107",
        "--inh-caps=-all,+net_bind_service",
        "--ambient-caps=-all,+net_bind_service",
        "--bounding-set=-all,+net_bind_service",
        "--no-new-privs",
        "--",
        "env",
        "-i",
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "/proc/self/fd/3",
        "--max-old-space-size=48",
        "/run/ikvswitch/bmc/lib/attendant.mjs",
        "/run/ikvswitch/bmc/attendant/attendant.json",
      ],
    });
    const config = JSON.parse(proxy?.files[0]?.content ?? "") as { bmcs: unknown[] };
    expect(config.bmcs[5]).toEqual({
      kind: "switch",
      choosesBoot: false,
      facts: expect.objectContaining({ name: "leaf3", role: "leaf" }),
      outside: { address: "192.168.200.15", port: 623 },
      inside: { address: "127.0.2.6", port: 623 },
      redfish: { address: "192.168.200.15", port: 443 },
      tls: { key: "KEY", certificate: "CERTIFICATE" },
      console: { address: "127.0.2.6", port: 6235 },
      machineConsole: "/run/ikvswitch/nodes/leaf3/run/sol.sock",
      request: "/run/ikvswitch/bmc/nodes/leaf3/request",
      answer: "/run/ikvswitch/bmc/nodes/leaf3/answer",
    });
  });

  it("has the password only in the simulators' memory", () => {
    const plan = planBmcs(settings);
    for (const daemon of [...plan.simulators.values(), plan.proxy]) {
      expect(JSON.stringify(daemon?.command)).not.toContain("s3cret");
    }
  });

  it("needs no address in the BMC network while the password is the shipped one", () => {
    const plan = planBmcs({
      ...settings,
      access: { kind: "on", user: "admin", password: "changeme" },
    });
    expect(plan.addresses).toEqual([]);
    expect(plan.simulators.size).toBe(9);
    const listens = [...plan.simulators.values(), plan.proxy].flatMap((daemon) => daemon?.listens ?? []);
    expect(listens.every(({ address }) => address.startsWith("127."))).toBe(true);
  });

  it("is empty without a usable password", () => {
    const plan = planBmcs({ ...settings, access: { kind: "off", reason: "why" } });
    expect(plan).toEqual({ addresses: [], simulators: new Map(), proxy: null, agent: null });
  });

  it("has an agent if there are VMs, whose options other users can't see", () => {
    const [leaf] = settings.targets;
    const vm = { ...leaf, kind: "vm", facts: { ...leaf?.facts, name: "web1", role: "server" } } as BmcTarget;
    expect(planBmcs(settings).agent).toBeNull();
    const { agent } = planBmcs({
      ...settings,
      targets: [vm],
      certificates: new Map([["web1", { key: "KEY", certificate: "CERTIFICATE" }]]),
    });
    expect(JSON.stringify(agent?.command)).not.toContain("s3cret");
    expect(agent?.files).toEqual([
      { path: "/run/ikvswitch/bmc/agent/set-0", content: "s3cret=x\n", mode: 0o600 },
      { path: "/run/ikvswitch/bmc/agent/command.json", content: expect.any(String), mode: 0o600 },
    ]);
    expect(JSON.parse(agent?.files[1]?.content ?? "")).toEqual([
      ...["/usr/bin/node", "/usr/share/ikvswitch/bin/ikvswitch", "--config", "/etc/own.conf"],
      ...["--set-file", "BMC_PASSWORD=/run/ikvswitch/bmc/agent/set-0"],
    ]);
  });
});
