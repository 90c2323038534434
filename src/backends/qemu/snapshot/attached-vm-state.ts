/** Where its state is in a snapshot's folder. */
export function attachedVmState(name: string): string {
  return `racked/${name}/state`;
}
