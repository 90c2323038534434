import type { Gate } from "../access/gate.ts";
import type { NamedLab } from "../watch/observe.ts";
import type { Watcher } from "../watch/watcher.ts";

/** What routes and WebSockets work with. */
export interface Services {
  /** Returns the fabric, which another `up` may have changed. */
  readonly lab: () => Promise<NamedLab>;
  readonly power: FabricPower;
  readonly watcher: Watcher;
  readonly gate: Gate;
  /** Aborted when the server ends. */
  readonly ended: AbortSignal;
}

/** Brings the whole fabric up, and takes it down, as the commands do without options of their own. */
export interface FabricPower {
  readonly up: () => Promise<void>;
  readonly down: () => Promise<void>;
}
