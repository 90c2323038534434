import type { Backend, Backends } from "./model/backend.ts";

/** The only place that names backends: a new backend needs a folder and a line here. */
const LOADERS = {
  qemu: async (): Promise<Backend> => (await import("./qemu/backend/backend.ts")).qemuBackend,
  netns: async (): Promise<Backend> => (await import("./netns/backend.ts")).netnsBackend,
  incus: async (): Promise<Backend> => (await import("./incus/backend.ts")).incusBackend,
};

export const BACKENDS: Backends = new Map(Object.entries(LOADERS));

/** Valid values of BACKEND in the configuration. */
export const BACKEND_NAMES = [...BACKENDS.keys()] as [string, ...string[]];
