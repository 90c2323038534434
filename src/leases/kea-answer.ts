import { CommandError } from "../errors.ts";
import { Address } from "../net/address.ts";
import { Mac } from "../net/mac.ts";
import type { Lease } from "./lease.ts";

/** Result codes of Kea's commands. An empty list is not a failure. */
const SUCCESS = 0;
const EMPTY = 3;

/** Kea's states of a lease, by number; later ones (released, registered) are not in use. */
const STATES = ["active", "declined"] as const;

/**
 * Parses the answer to `lease4-get-all` or `lease6-get-all`. Entries of another form are skipped, so that the other leases are still found.
 * @throws CommandError with Kea's reason if it refused, or if the answer is not one of Kea's.
 */
export function parseLeases(answer: string, now: number): readonly Lease[] {
  const { leases } = parseKeaAnswer("lease4-get-all", answer) as { readonly leases?: unknown };
  return Array.isArray(leases) ? leases.flatMap((entry) => parseLease(entry, now) ?? []) : [];
}

/**
 * Returns the arguments of an answer; an empty object if it has none.
 * @throws CommandError as above.
 */
export function parseKeaAnswer(command: string, answer: string): object {
  const { result, text, arguments: found } = parseObject(answer);
  if (result !== SUCCESS && result !== EMPTY) {
    const reason = typeof text === "string" ? text : `invalid answer: ${answer}`;
    throw new CommandError(`Kea: ${command}`, undefined, reason);
  }
  return typeof found === "object" && found !== null ? found : {};
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function parseLease(entry: unknown, now: number): Lease | undefined {
  const fields = (typeof entry === "object" && entry !== null ? entry : {}) as Readonly<
    Record<string, unknown>
  >;
  const address = Address.parse(String(fields["ip-address"]));
  const mac = Mac.parse(String(fields["hw-address"]));
  const [since, lifetime, state] = [fields.cltt, fields["valid-lft"], fields.state].map(Number);
  if (address === null || mac === null || since === undefined || lifetime === undefined) {
    return undefined;
  }
  const expires = since + lifetime;
  return Number.isFinite(expires)
    ? {
        address: String(address),
        mac: String(mac),
        hostname: typeof fields.hostname === "string" ? fields.hostname : "",
        state: expires <= now ? "expired" : (STATES[state ?? 0] ?? "expired"),
        expires,
      }
    : undefined;
}
