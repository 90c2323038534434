/** Where its state is in a snapshot's folder. */
export function rackedState(name: string): string {
  return `racked/${name}/state`;
}
