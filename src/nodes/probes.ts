import type { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";

const PROGRAM = "libexec/send-probes";

/** Size of the packets in bytes, as ping's. */
const SIZE = 84;
const SECONDS = 1;

/**
 * Sends echo requests to these addresses until all have answered, for a second at most.
 * @param onAnswer called with each address that answers, at once.
 * @returns the addresses that answered.
 */
export async function probeAddresses(
  host: Host,
  addresses: readonly Address[],
  onAnswer: (address: string) => void = () => {},
): Promise<ReadonlySet<string>> {
  const answered = new Set<string>();
  if (addresses.length === 0) {
    return answered;
  }
  const words = addresses.map((address) => `${address} ${SIZE}`);
  await host.run(
    { file: "perl", args: [productPath(PROGRAM), String(SECONDS), ...words] },
    {
      onLine: (line) => {
        const [address = ""] = line.split(" ");
        answered.add(address);
        onAnswer(address);
      },
    },
  );
  return answered;
}

/**
 * Returns the text of the program that sends probes. It is sent to switches, so that it works in those of every build.
 * @throws Error if our own program is missing.
 */
export async function readProbeProgram(host: Host): Promise<string> {
  const text = await host.readFile(productPath(PROGRAM));
  if (text === undefined) {
    throw new Error(`${productPath(PROGRAM)} is missing`);
  }
  return text;
}
