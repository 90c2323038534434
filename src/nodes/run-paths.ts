/** Returns the folder that holds one folder per node, for any backend. */
export function nodesFolder(runDir: string): string {
  return `${runDir}/nodes`;
}

/** Returns the file with the digests of the files that a node started with or received since. */
export function appliedPath(runDir: string, nodeName: string): string {
  return `${nodesFolder(runDir)}/${nodeName}/applied.json`;
}

/** Returns the file that lists the nodes paused for a snapshot. It exists only while they are paused. */
export function pausePath(runDir: string): string {
  return `${runDir}/paused.json`;
}
