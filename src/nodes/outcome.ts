/** Actions of `up` on a node, from least to most. */
export type NodeAction = "keep" | "update" | "start" | "restart";

/** Result of `up` for a node. */
export type NodeOutcome = "kept" | "updated" | "rebooted" | "resumed" | "cloned" | "started" | "restarted";
