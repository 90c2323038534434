/** Returns the path of its state in a snapshot's folder. */
export function attachedVmState(name: string): string {
  return `racked/${name}/state`;
}
