import { pollUntil } from "../../src/system/poll.ts";
import { BMC_PASSWORD, type FabricSite } from "./fabric-site.ts";

const TIMEOUT_MS = 120_000;

/** Returns ipmitool's options for the BMC at this address. */
export function bmcWords(address: string): readonly string[] {
  return ["-I", "lanplus", "-H", address, "-U", "admin", "-P", BMC_PASSWORD];
}

/** Waits until a VM, which boots what boot-media.ts makes, prints this letter on the console of its BMC. */
export async function untilPrinted({ host }: FabricSite, address: string, letter: string): Promise<void> {
  const client = `stdbuf -o0 ipmitool ${bmcWords(address).join(" ")} sol activate`;
  await pollUntil(
    { what: `${letter} on the BMC's console`, timeoutMs: TIMEOUT_MS, intervalMs: 100 },
    async () => {
      const { stdout } = await host.shell(`(sleep 1; printf '\\r~.') | timeout 20 ${client} || :`);
      return stdout.includes(letter.repeat(3))
        ? { done: true, value: undefined }
        : { done: false, seen: stdout };
    },
  );
}
