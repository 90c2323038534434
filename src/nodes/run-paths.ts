/** The folder that holds one folder per node, whatever it is made of. */
export function nodesFolder(runDir: string): string {
  return `${runDir}/nodes`;
}

/** Digests of the files that a node started with or was given since. */
export function appliedPath(runDir: string, nodeName: string): string {
  return `${nodesFolder(runDir)}/${nodeName}/applied.json`;
}

/** There while nodes are paused for a snapshot: which ones. */
export function pausePath(runDir: string): string {
  return `${runDir}/paused.json`;
}
