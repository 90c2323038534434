import { Counter, Gauge, Registry } from "prom-client";
import { endName, linkName, linksOf } from "../fabric/ends.ts";
import type { Measurements } from "./measure.ts";

/** Labels of a sample, and its value. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** The content type of the text below: Prometheus' exposition format 0.0.4. */
export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/**
 * Returns measurements in Prometheus' text format. What is unknown, such as the sessions of a switch that is off, has no
 * sample.
 * @param version of ikvswitch.
 */
export async function formatMetrics(measured: Measurements, version: string): Promise<string> {
  const registry = new Registry();
  const add =
    (Metric: typeof Gauge | typeof Counter) => (name: string, help: string, samples: readonly Sample[]) => {
      const [first] = samples;
      // Without labels, a metric would begin with a sample of 0.
      if (first !== undefined) {
        const metric = new Metric({ name, help, labelNames: Object.keys(first[0]), registers: [registry] });
        for (const [labels, value] of samples) {
          metric.inc({ ...labels }, value);
        }
      }
    };
  const gauge = add(Gauge);
  const { backend } = measured;
  gauge("ikvswitch_info", "Always 1; the version and the backend of the switches.", [
    [{ version, backend }, 1],
  ]);
  addNodes(measured, gauge);
  addSessions(measured, gauge);
  addLinks(measured, gauge, add(Counter));
  addLeases(measured, gauge);
  return registry.metrics();
}

type Add = (name: string, help: string, samples: readonly Sample[]) => void;

function addNodes({ fabric, power, time, frr, faults }: Measurements, gauge: Add): void {
  const nodes = fabric.nodes.map((node) => ({
    labels: { node: node.name, role: node.role },
    state: power.get(node.name) ?? ({ power: "off" } as const),
    answers: frr.has(node.name),
  }));
  gauge(
    "ikvswitch_node_up",
    "1 if the switch runs and its FRR answers.",
    nodes.map(({ labels, answers }) => [labels, Number(answers)]),
  );
  gauge(
    "ikvswitch_node_powered",
    "1 if the switch is powered on, even if it is frozen or silent.",
    nodes.map(({ labels, state }) => [labels, Number(state.power === "on")]),
  );
  gauge(
    "ikvswitch_node_frozen",
    "1 if the switch is frozen.",
    nodes.map(({ labels }) => [labels, Number(faults.frozen.includes(labels.node))]),
  );
  gauge(
    "ikvswitch_node_start_time_seconds",
    "When the switch was started, in seconds since the epoch.",
    nodes.flatMap(({ labels, state }) =>
      state.power === "on" ? [[labels, Math.round(time - state.uptimeSeconds)] as const] : [],
    ),
  );
}

function addSessions({ fabric, frr }: Measurements, gauge: Add): void {
  const ends = fabric.sessions.flatMap(({ a, b }) => [
    { ...a, peer: b.node },
    { ...b, peer: a.node },
  ]);
  const seen = ends.flatMap(({ node, port, peer }) => {
    const observed = frr.get(node);
    return observed === undefined
      ? []
      : [
          {
            labels: { node, port, peer },
            session: observed.sessions.get(port),
            bfd: observed.bfd.get(port),
          },
        ];
  });
  gauge(
    "ikvswitch_bgp_session_up",
    "1 if the planned BGP session is established, as this end sees it.",
    seen.map(({ labels, session }) => [labels, Number(session?.state === "Established")]),
  );
  gauge(
    "ikvswitch_bgp_session_prefixes_received",
    "IPv4 prefixes that this end accepted.",
    seen.flatMap(({ labels, session }) =>
      session === undefined ? [] : [[labels, session.accepted] as const],
    ),
  );
  gauge(
    "ikvswitch_bgp_session_prefixes_sent",
    "Prefixes that this end announced, by address family.",
    seen.flatMap(({ labels, session }) =>
      session === undefined
        ? []
        : [
            [{ ...labels, family: "ipv4" }, session.sent] as const,
            [{ ...labels, family: "ipv6" }, session.sent6] as const,
          ],
    ),
  );
  gauge(
    "ikvswitch_bfd_session_up",
    "1 if the BFD session is up, as this end sees it.",
    seen.flatMap(({ labels, bfd }) =>
      bfd === undefined ? [] : [[labels, Number(bfd.status === "up")] as const],
    ),
  );
  gauge(
    "ikvswitch_bgp_prefixes",
    "Different IPv4 prefixes in the switch's BGP table.",
    [...frr].map(([node, { prefixes }]) => [
      { node },
      new Set(prefixes.map(({ prefix }) => prefix).filter((prefix) => !prefix.includes(":"))).size,
    ]),
  );
}

function addLinks({ fabric, counters, faults }: Measurements, gauge: Add, counter: Add): void {
  const links = linksOf(fabric).filter(({ bridge }) => counters.has(bridge.name));
  const faulty = new Set(faults.links.map(({ bridge }) => bridge));
  gauge(
    "ikvswitch_link_faulty",
    "1 if a fault is injected into the link: it is down, blackholed or impaired.",
    links.map((link) => [{ link: linkName(link) }, Number(faulty.has(link.bridge.name))]),
  );
  const ends = links.flatMap((link) =>
    link.interfaces.flatMap(({ name, end }) => {
      const counted = counters.get(name);
      return counted === undefined ? [] : [{ labels: { link: linkName(link), end: endName(end) }, counted }];
    }),
  );
  // What the host's interface receives, the attached end has sent.
  const both = [
    { direction: "sent", bytes: "rxBytes", packets: "rxPackets", dropped: "rxDropped" },
    { direction: "received", bytes: "txBytes", packets: "txPackets", dropped: "txDropped" },
  ] as const;
  const helps = {
    bytes: "Bytes of Ethernet frames that the end of the link sent or received.",
    packets: "Frames that the end of the link sent or received.",
    dropped: "Frames to or from the end of the link that the host dropped.",
  } as const;
  for (const what of ["bytes", "packets", "dropped"] as const) {
    counter(
      `ikvswitch_link_${what}_total`,
      helps[what],
      ends.flatMap(({ labels, counted }) =>
        both.map((side) => [{ ...labels, direction: side.direction }, counted[side[what]]] as const),
      ),
    );
  }
}

function addLeases({ leases }: Measurements, gauge: Add): void {
  gauge(
    "ikvswitch_dhcp_leases",
    "Active leases of the leaf's DHCP server.",
    [...leases].flatMap(([leaf, answer]) =>
      answer.known
        ? [[{ leaf }, answer.leases.filter(({ state }) => state === "active").length] as const]
        : [],
    ),
  );
}
