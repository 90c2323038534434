import type { Progress } from "../../system/progress.ts";
import type { Gate } from "../access/gate.ts";
import type { NamedLab } from "../watch/observe.ts";
import type { Watcher } from "../watch/watcher.ts";
import type { Work } from "../watch/work.ts";

/** What routes and WebSockets work with. */
export interface Services {
  /** Returns the fabric, which another `up` may have changed. */
  readonly lab: () => Promise<NamedLab>;
  readonly power: FabricPower;
  readonly watcher: Watcher;
  readonly work: Work;
  readonly gate: Gate;
  /** Called with what does not keep a request from being answered. */
  readonly onWarning: (text: string) => void;
  /** Aborted when the server ends. */
  readonly ended: AbortSignal;
}

/** Brings the whole fabric up, and takes it down, as the commands do without options of their own. */
export interface FabricPower {
  readonly up: (progress: Progress) => Promise<void>;
  readonly down: (progress: Progress) => Promise<void>;
}
