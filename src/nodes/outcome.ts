/** What `up` does with a node, from nothing to most. */
export type NodeAction = "keep" | "update" | "start" | "restart";

/** What came of a node. */
export type NodeOutcome = "kept" | "updated" | "rebooted" | "cloned" | "started" | "restarted";
