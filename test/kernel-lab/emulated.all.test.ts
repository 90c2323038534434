import { runInEmulatedMachine } from "./emulated-machine.ts";
import { describeInside } from "./run-inside.ts";

/**
 * Files of the integration suite whose results depend on the kernel, its bridges, its firewall, its routing, or on the
 * release of FRR and Kea: outside these may be Debian 12's, here they are Debian 13's. All others meet the same programs and the same kernel calls outside, several times as fast.
 */
const FIRST = [
  "dhcp",
  "dhcp6",
  "doctor",
  "frr-policy",
  "frr-vlan-server",
  "neighbors",
  "net-firewall",
  "net-traffic",
];

/** Files that the second machine runs, so that both finish at about the same time. */
const SECOND = [
  "faults",
  "net",
  "net-dry-run",
  "net-failure",
  "net-ipv6",
  "net-others",
  "net-repair",
  "network-batch",
];

const integration = (names: readonly string[]) => names.map((name) => `test/integration/${name}.test.ts`);

await describeInside({
  title: "in machines on Debian's own kernel",
  lab: runInEmulatedMachine,
  machines: [
    { inside: ["test/kernel-lab/inside/fabric.test.ts"], integration: integration(FIRST) },
    { integration: integration(SECOND) },
  ],
  // Longer deadlines and a smaller size, since the defaults assume processors that are not emulated.
  environment: { NO_COLOR: "1", IKVSWITCH_TEST_PATIENCE: "6", IKVSWITCH_TEST_SIZE: "small" },
  // For emulation on a busy machine; with two idle processors it takes a third of that time.
  timeoutMs: 50 * 60_000,
});
