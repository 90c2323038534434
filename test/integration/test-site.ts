import { afterAll, afterEach, beforeEach, expect } from "vitest";
import { OUR_GROUPS } from "./host-state.ts";
import { observeMachine } from "./leaks.ts";
import { createSite, ikvswitch, type Namespace, type Site } from "./namespace.ts";

/** A device as `ip -N -j -d address show` prints it. */
export interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly master?: string;
  readonly group: string;
  readonly address: string;
  readonly linkinfo?: { readonly info_kind: string; readonly info_data?: Readonly<Record<string, unknown>> };
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    readonly prefixlen: number;
  }[];
}

export interface TestSite {
  /** The site of the running test. */
  readonly site: Site;
  /** Its host. */
  readonly host: Namespace;
  devices(): Promise<readonly Link[]>;
  /** Returns ikvswitch's devices. */
  ourDevices(): Promise<readonly Link[]>;
  /** Returns the output of `status`, which exits with 0 if all is as planned and with 4 otherwise. */
  status(exitCode: 0 | 4): Promise<string>;
  /** Returns the content of a file on the host, without its final newline. */
  content(path: string): Promise<string>;
  /** Runs `start`, and waits for later changes: the kernel notices changes of carrier with a delay. */
  startAndSettle(): Promise<void>;
}

/** Creates a site for every test of the calling file, and proves after all tests that nothing leaked out of them. */
export async function useTestSite(): Promise<TestSite> {
  const machine = await observeMachine();
  let current: Site | undefined;
  beforeEach(async () => {
    current = await createSite();
  });
  afterEach(() => current?.close());
  afterAll(async () => {
    expect(await observeMachine()).toEqual(machine);
  });
  const site = () => {
    if (current === undefined) {
      throw new Error("a site exists only while a test runs");
    }
    return current;
  };
  const devices = async (): Promise<readonly Link[]> =>
    JSON.parse((await site().host.run("ip", ["-N", "-j", "-d", "address", "show"])).stdout);
  return {
    get site() {
      return site();
    },
    get host() {
      return site().host;
    },
    devices,
    ourDevices: async () => (await devices()).filter(({ group }) => OUR_GROUPS.includes(group)),
    status: async (exitCode) => (await ikvswitch(site().host, ["status"], { exitCodes: [exitCode] })).stdout,
    content: async (path) => (await site().host.run("cat", [path])).stdout.trim(),
    startAndSettle: async () => {
      await ikvswitch(site().host, ["start"]);
      // A start probes the link ikib1 with two temporary ports; its carrier is gone with them.
      await site().host.shell(`
        until grep -qx up /sys/class/net/ikhb/operstate; do :; done
        while grep -qx up /sys/class/net/ikib1/operstate; do :; done`);
    },
  };
}
