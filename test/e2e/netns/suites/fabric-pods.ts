import { describe, expect, it } from "vitest";
import type { PositionReport } from "../../../../src/ports/report.ts";
import { pollUntil } from "../../../../src/system/poll.ts";
import { createNamespace, type Namespace } from "../../../integration/namespace.ts";
import { startCapture } from "../../capture.ts";
import type { NetnsSite } from "../../netns-site.ts";

//   pod at U3 ── veth in the links' bridges, by the CNI plugin bridge  ── leaf1, leaf2
//   pod at U4 ── macvlan over the links' bridges, by the plugin macvlan ── leaf1, leaf2
//
// Debian's CNI plugins run as a container runtime runs them, with the configurations that `export kubernetes` writes.

const PLUGINS = "/usr/lib/cni";
const TIMEOUT_MS = 60_000;

interface ExportedObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: { readonly config: string };
}

/** A pod of the export, in a namespace that the test makes. */
interface TestPod {
  readonly namespace: Namespace;
  readonly address: string;
  readonly nics: readonly { readonly name: string; readonly interface: string; readonly mac: string }[];
  /** Runs the CNI plugin for one of its NICs. Returns its result. */
  cni(command: "ADD" | "CHECK" | "DEL", nic: string, change?: object): Promise<string>;
  vtysh(command: string): Promise<string>;
}

/** Tests of pods that CNI plugins attach to the fabric. */
export function podTests(at: () => NetnsSite): void {
  async function makePod(position: number, network: string): Promise<TestPod> {
    const site = at();
    const words = ["--rack", "1", "--u", String(position), "--network", network, "--server", "pod"];
    const list = (await site.json(["export", "kubernetes", ...words])) as {
      items: readonly ExportedObject[];
    };
    const pod = list.items.find(({ kind }) => kind === "Pod");
    const namespace = await createNamespace();
    const results = new Map<string, string>();
    return {
      namespace,
      address: `192.168.100.${position}`,
      nics: JSON.parse(pod?.metadata.annotations["k8s.v1.cni.cncf.io/networks"] ?? ""),
      vtysh: async (command) => (await namespace.run("vtysh", ["-c", command])).stdout,
      cni: async (command, nic, change = {}) => {
        const found = list.items.find(({ metadata }) => metadata.name === `rack1-u${position}-${nic}`);
        const { capabilities, ...config } = JSON.parse(found?.spec.config ?? "");
        expect(capabilities).toEqual({ mac: true });
        const mac = `02:69:01:00:0${position}:0${nic.slice(-1)}`;
        const prevResult = JSON.parse(results.get(nic) ?? "{}");
        const input = {
          ...config,
          runtimeConfig: { mac },
          ...change,
          ...(command === "ADD" ? {} : { prevResult }),
        };
        const env = {
          CNI_COMMAND: command,
          CNI_CONTAINERID: `server1-${position}`,
          CNI_NETNS: `/proc/${namespace.pid}/ns/net`,
          CNI_IFNAME: nic,
          CNI_PATH: PLUGINS,
        };
        const { stdout } = await site.host.run(`${PLUGINS}/${config.type}`, [], {
          env,
          input: JSON.stringify(input),
        });
        results.set(nic, command === "ADD" ? stdout : "{}");
        return stdout;
      },
    };
  }

  /** Starts FRR in a pod, which announces its address to both leaves. */
  async function startFrr({ namespace, nics, address }: TestPod, position: number): Promise<void> {
    const { vlans } = (await at().json(["status"])) as { readonly vlans: boolean };
    const ports = nics.map((nic) => (vlans ? `${nic.interface}.10` : nic.interface));
    const conf = [
      "frr defaults datacenter",
      ...ports.flatMap((port) => [`interface ${port}`, " ipv6 nd ra-interval 1", " no ipv6 nd suppress-ra"]),
      `router bgp ${4_210_001_000 + position}`,
      ` bgp router-id ${address}`,
      " no bgp ebgp-requires-policy",
      ...ports.map((port) => ` neighbor ${port} interface remote-as external`),
      " address-family ipv4 unicast",
      `  network ${address}/32`,
      "",
    ].join("\n");
    await namespace.shell(
      `
      mount -t tmpfs tmpfs /etc/frr
      mkdir -p /run/frr /var/lib/frr
      ip address add ${address}/32 dev lo
      ${vlans ? nics.map((nic) => `ip link add link ${nic.interface} name ${nic.interface}.10 type vlan id 10; ip link set ${nic.interface}.10 up`).join("\n") : ""}
      printf '%s' "$CONF" >/etc/frr/frr.conf
      touch /etc/frr/vtysh.conf
      chown -R frr:frr /etc/frr /run/frr /var/lib/frr
      /usr/lib/frr/zebra -d
      /usr/lib/frr/bgpd -d
      vtysh -b`,
      { env: { CONF: conf } },
    );
  }

  /** Waits until a pod has sessions with both leaves. */
  async function untilEstablished(pod: TestPod): Promise<void> {
    await pollUntil({ what: "two sessions", timeoutMs: TIMEOUT_MS, intervalMs: 300 }, async () => {
      const summary = JSON.parse(await pod.vtysh("show bgp ipv4 unicast summary json"));
      const states = Object.values<{ state: string }>(summary.peers).map(({ state }) => state);
      return states.every((state) => state === "Established") && states.length === 2
        ? { done: true, value: undefined }
        : { done: false, seen: JSON.stringify(summary) };
    });
  }

  /** Waits until an address answers a pod. Routes follow the sessions, so the first pings may be refused. */
  async function untilAnswered(pod: TestPod, address: string): Promise<void> {
    await pod.namespace.shell(
      `until ping -n -q -c 1 -W 1 -I ${pod.address} ${address} >/dev/null; do sleep 0.1; done`,
    );
  }

  async function settingsOf(bridge: string): Promise<unknown> {
    const { stdout } = await at().host.run("ip", ["-d", "-j", "link", "show", "dev", bridge]);
    const [{ linkinfo, mtu, flags, address, promiscuity }] = JSON.parse(stdout);
    return { mtu, flags, address, promiscuity, data: { ...linkinfo.info_data, gc_timer: 0 } };
  }

  async function position(number: number): Promise<PositionReport | undefined> {
    const { positions } = (await at().json(["ports"])) as { readonly positions: readonly PositionReport[] };
    return positions.find((one) => one.rack === 1 && one.position === number);
  }

  describe("pods that CNI plugins attach", () => {
    it("peer with both leaves, and leave no trace when they are deleted", async () => {
      const site = at();
      const before = await settingsOf("ikeb1-3");
      const [bridged, macvlan] = await Promise.all([makePod(3, "bridge"), makePod(4, "macvlan")]);
      try {
        for (const pod of [bridged, macvlan]) {
          for (const nic of pod.nics) {
            expect(await pod.cni("ADD", nic.interface)).toContain(nic.mac);
          }
        }
        expect(await settingsOf("ikeb1-3")).toEqual(before);
        expect(await macvlan.cni("CHECK", "nic1")).toBe("");
        await Promise.all([startFrr(bridged, 3), startFrr(macvlan, 4)]);
        const capture = await startCapture(bridged.namespace, "nic1", ["-c", "1", "ether proto 0x88cc"]);
        await site.inside("leaf1", "lldpcli", "update");
        await Promise.all([untilEstablished(bridged), untilEstablished(macvlan)]);
        expect(await capture.text).toContain("LLDP");
        await untilAnswered(bridged, macvlan.address);
        await untilAnswered(macvlan, "192.168.98.2");

        expect((await site.ikvswitch(["net", "start"])).stdout).not.toContain("remove");
        expect((await site.ikvswitch(["check"])).stdout).toContain("as planned");
        const report = await position(3);
        expect(report?.nics.map(({ by }) => by)).toEqual([
          [expect.stringMatching(/^veth/)],
          [expect.stringMatching(/^veth/)],
        ]);
        expect(report?.nics.map(({ session }) => session?.state)).toEqual(["Established", "Established"]);
        expect(report?.nics[0]?.announced).toEqual(["192.168.100.3/32"]);
        for (const pod of [bridged, macvlan]) {
          for (const nic of pod.nics) {
            await pod.cni("DEL", nic.interface);
          }
        }
        expect(await settingsOf("ikeb1-3")).toEqual(before);
        expect(await position(3)).toMatchObject({ state: "free" });
      } finally {
        await site.host.shell(`
          for pid in ${bridged.namespace.pid} ${macvlan.namespace.pid}; do
            for file in /proc/$pid/root/run/frr/*.pid; do ! [ -e $file ] || kill $(cat $file); done
          done`);
        await Promise.all([bridged.namespace.close(), macvlan.namespace.close()]);
      }
    });

    it("may have an address from an IPAM plugin, and pass the plugin's CHECK", async () => {
      const pod = await makePod(5, "bridge");
      try {
        const ipam = { ipam: { type: "static", addresses: [{ address: "192.168.110.77/24" }] } };
        expect(await pod.cni("ADD", "nic1", ipam)).toContain("192.168.110.77/24");
        expect(await pod.cni("CHECK", "nic1", ipam)).toBe("");
      } finally {
        await pod.namespace.close();
      }
    });
  });
}
