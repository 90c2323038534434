import type { WebSocket } from "ws";
import { fieldsOf, parseJson, textOf } from "../untrusted-json.ts";
import type { Cluster } from "./client.ts";

/** A change of an instance: `instance-started`, `instance-shutdown`, ... */
export interface LifecycleEvent {
  readonly action: string;
  /** Name of the instance. */
  readonly instance: string;
}

/** Follows the changes of the project's instances on all members, until the returned socket is closed. */
export function followLifecycle(
  cluster: Cluster,
  onEvent: (event: LifecycleEvent) => void,
): Promise<WebSocket> {
  return cluster.webSocket("/1.0/events", { type: "lifecycle" }, (data) => {
    const { action, source } = fieldsOf(fieldsOf(parseJson(data.toString())).metadata);
    const instance = /^\/1\.0\/instances\/([^/?]+)/.exec(textOf(source, ""))?.[1];
    if (instance !== undefined) {
      onEvent({ action: textOf(action, ""), instance });
    }
  });
}
