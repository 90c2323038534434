import type { NodeFile } from "./types.ts";

/** True for a file that only root may read inside the switch, too. */
export function isSecret({ mode }: NodeFile): boolean {
  return (mode & 0o077) === 0;
}
