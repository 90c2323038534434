import type { Random } from "./random.ts";

/** Something that happens to a fabric that is as planned. What mends it afterwards is part of it. */
export type Action =
  | { readonly kind: "link"; readonly fault: LinkFault; readonly link: Link; readonly mend: Mend }
  | { readonly kind: "node"; readonly fault: NodeFault; readonly node: string; readonly mend: Mend }
  | { readonly kind: "restart"; readonly node: string }
  /** Both at once, and `up` after them. */
  | { readonly kind: "double"; readonly link: Link; readonly node: string }
  /** SIGKILL for the switch's first process, which ends the whole switch. */
  | { readonly kind: "kill-init"; readonly node: string }
  /** SIGKILL for one of its daemons, which comes back by itself. */
  | { readonly kind: "kill-daemon"; readonly node: string; readonly daemon: string }
  /** Someone deletes a device of the host. */
  | { readonly kind: "delete-bridge"; readonly link: Link }
  | { readonly kind: "up-again" }
  | { readonly kind: "down-up" }
  /** `up` on a host that has nothing, killed after this part of the time that it takes; then `up` again. */
  | { readonly kind: "kill-up"; readonly afterPercent: number }
  | { readonly kind: "kill-down"; readonly afterPercent: number };

export type LinkFault = "down" | "blackhole";
export type NodeFault = "stop" | "freeze";
/** By the command that takes the fault back, or by `up`, which restores the plan. */
export type Mend = "undo" | "up";

/** Two switches that are wired to each other, as `link` takes them, and the bridge between them. */
export interface Link {
  readonly a: string;
  readonly b: string;
  readonly bridge: string;
}

export interface Surroundings {
  readonly nodes: readonly string[];
  readonly links: readonly Link[];
}

/** Those that every switch runs. */
const DAEMONS = ["zebra", "bgpd", "staticd", "bfdd", "lldpd", "sshd"] as const;

/** How often each kind comes, compared with the others: what takes long comes seldom. */
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

/** What happens next. The same seed gives the same actions in the same surroundings. */
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

/** As it is told to whoever watches. */
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
