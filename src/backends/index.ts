import type { Backends } from "./model/backend.ts";

/** The only place that names backends. */
export const BACKENDS: Backends = new Map([
  ["qemu", async () => (await import("./qemu/backend.ts")).qemuBackend],
  ["netns", async () => (await import("./netns/backend.ts")).netnsBackend],
]);
