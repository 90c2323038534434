import { CommandError, TimeoutError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Address } from "../net/address.ts";
import type { Host } from "../system/host.ts";
import { productPath } from "../system/product-path.ts";
import type { Machines } from "./machines.ts";

const PROGRAM = "libexec/send-probes";

/** Size of the packets in bytes, as ping's. */
const SIZE = 84;
const SECONDS = 1;

/**
 * Sends echo requests to these addresses until all have answered, for a second at most.
 * @param onAnswer called with each address that answers.
 * @returns the addresses that answered.
 */
export type Prober = (
  addresses: readonly Address[],
  onAnswer?: (address: string) => void,
) => Promise<ReadonlySet<string>>;

/**
 * Returns what probes the switches' loopbacks: this host, or the internet router if the switches are on other hosts,
 * where this one may have no way in.
 */
export function proberOf(
  host: Host,
  { machines, fabric }: { readonly machines: Machines; readonly fabric: Fabric },
): Prober {
  const internet = fabric.nodes.find(({ role }) => role === "internet");
  const send: Send =
    fabric.cluster === undefined || internet === undefined
      ? (words, onLine) => sendFromHost(host, words, onLine)
      : (words, onLine) => sendFromSwitch(host, machines, internet.name, words, onLine);
  return async (addresses, onAnswer = () => {}) => {
    const answered = new Set<string>();
    if (addresses.length > 0) {
      const words = [String(SECONDS), ...addresses.map((address) => `${address} ${SIZE}`)];
      await send(words, (line) => {
        const [address = ""] = line.split(" ");
        if (address !== "") {
          answered.add(address);
          onAnswer(address);
        }
      });
    }
    return answered;
  };
}

type Send = (words: readonly string[], onLine: (line: string) => void) => Promise<void>;

async function sendFromHost(
  host: Host,
  words: readonly string[],
  onLine: (line: string) => void,
): Promise<void> {
  await host.run({ file: "perl", args: [productPath(PROGRAM), ...words] }, { onLine });
}

/** Its start in the switch, besides the probes. */
const START_MS = 15_000;

/** There are no answers if the switch does not run, or its host is lost. */
async function sendFromSwitch(
  host: Host,
  machines: Machines,
  node: string,
  words: readonly string[],
  onLine: (line: string) => void,
): Promise<void> {
  if (((await machines.lost?.([node]))?.size ?? 0) > 0) {
    return;
  }
  const command = { file: "perl", args: ["-", ...words], input: await readProbeProgram(host) };
  try {
    const { stdout } = await machines.exec(node, command, { timeoutMs: START_MS });
    stdout.split("\n").forEach(onLine);
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof TimeoutError)) {
      throw error;
    }
  }
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
