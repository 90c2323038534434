import type { Random } from "./random.ts";

/** An action on a fabric that is as planned, including its repair. */
export type Action =
  | { readonly kind: "link"; readonly fault: LinkFault; readonly link: Link; readonly mend: Mend }
  | { readonly kind: "node"; readonly fault: NodeFault; readonly node: string; readonly mend: Mend }
  | { readonly kind: "restart"; readonly node: string }
  /** A link fault and a frozen switch at once, then `up`. */
  | { readonly kind: "double"; readonly link: Link; readonly node: string }
  /** SIGKILL for the switch's first process, which ends the whole switch. */
  | { readonly kind: "kill-init"; readonly node: string }
  /** SIGKILL for one of its daemons, which is restarted by itself. */
  | { readonly kind: "kill-daemon"; readonly node: string; readonly daemon: string }
  /** A device of the host is deleted. */
  | { readonly kind: "delete-bridge"; readonly link: Link }
  | { readonly kind: "up-again" }
  | { readonly kind: "down-up" }
  /** `up` on a bare host, killed after this part of its usual time; then `up` again. */
  | { readonly kind: "kill-up"; readonly afterPercent: number }
  | { readonly kind: "kill-down"; readonly afterPercent: number };

export type LinkFault = "down" | "blackhole";
export type NodeFault = "stop" | "freeze";
/** Repair by the command that clears the fault, or by `up`, which restores the plan. */
export type Mend = "undo" | "up";

/** Two linked switches, as arguments of `link`, and the bridge between them. */
export interface Link {
  readonly a: string;
  readonly b: string;
  readonly bridge: string;
}

export interface Surroundings {
  readonly nodes: readonly string[];
  readonly links: readonly Link[];
}

/** Daemons of every switch. */
const DAEMONS = ["zebra", "bgpd", "staticd", "bfdd", "lldpd", "sshd"] as const;

/** Relative frequency of each kind: slow actions are rare. */
const WEIGHTS: Readonly<Record<Action["kind"], number>> = {
  link: 4,
  node: 3,
  restart: 2,
  double: 2,
  "kill-init": 3,
  "kill-daemon": 4,
  "delete-bridge": 2,
  "up-again": 1,
  "down-up": 2,
  "kill-up": 3,
  "kill-down": 1,
};

const LOTS = Object.entries(WEIGHTS).flatMap(([kind, weight]) =>
  Array.from({ length: weight }, () => kind as Action["kind"]),
);

/** Chooses the next action. The same seed gives the same actions for the same fabric. */
export function chooseAction(random: Random, { nodes, links }: Surroundings): Action {
  const kind = random.pick(LOTS);
  const node = random.pick(nodes);
  const link = random.pick(links);
  const mend = random.pick<Mend>(["undo", "up"]);
  switch (kind) {
    case "link":
      return { kind, fault: random.pick<LinkFault>(["down", "blackhole"]), link, mend };
    case "node":
      return { kind, fault: random.pick<NodeFault>(["stop", "freeze"]), node, mend };
    case "restart":
    case "kill-init":
      return { kind, node };
    case "double":
      return { kind, link, node };
    case "kill-daemon":
      return { kind, node, daemon: random.pick(DAEMONS) };
    case "delete-bridge":
      return { kind, link };
    case "kill-up":
    case "kill-down":
      return { kind, afterPercent: random.below(100) };
    case "up-again":
    case "down-up":
      return { kind };
  }
}

/** Returns the description of an action for the output. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case "link":
      return `link ${action.fault} ${action.link.a} ${action.link.b}, then ${action.mend}`;
    case "node":
      return `node ${action.fault} ${action.node}, then ${action.mend}`;
    case "restart":
      return `node restart ${action.node}`;
    case "double":
      return `link down ${action.link.a} ${action.link.b} and node freeze ${action.node}, then up`;
    case "kill-init":
      return `kill -9 the first process of ${action.node}, then up`;
    case "kill-daemon":
      return `kill -9 ${action.daemon} of ${action.node}`;
    case "delete-bridge":
      return `ip link del ${action.link.bridge}, then up`;
    case "up-again":
      return "up again";
    case "down-up":
      return "down, then up";
    case "kill-up":
      return `down, kill -9 up after ${action.afterPercent} % of its time, then up`;
    case "kill-down":
      return `kill -9 down after ${action.afterPercent} % of its time, then up`;
  }
}
