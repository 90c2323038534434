import { UsageError } from "../../errors.ts";
import type { Fabric } from "../../fabric/types.ts";
import { Prefix } from "../../net/prefix.ts";
import type { RoutedPrefixes } from "./networks.ts";

/** Prefixes as the user gave them; undefined: to be chosen. */
export interface PrefixWords {
  readonly routed: string | undefined;
  readonly nat: string | undefined;
}

/** The longest prefix with addresses for the host and several domains, and the shortest that is reasonable. */
const [SHORTEST, LONGEST] = [8, 29];

/**
 * Returns the prefixes of libvirt's routed and NATed networks. They lie outside of the whole network, because the
 * internet router rejects unused addresses inside. By default, these are the next two /24 beyond it.
 * @throws UsageError for a word that is no IPv4 prefix, and for one that overlaps another network
 */
export function routedPrefixes(fabric: Fabric, words: PrefixWords): RoutedPrefixes {
  const taken = [fabric.prefix, fabric.host.bmcPrefix];
  const given = {
    routed: words.routed === undefined ? null : parsePrefix("--routed", words.routed, taken),
    nat: words.nat === undefined ? null : parsePrefix("--nat", words.nat, taken),
  };
  const routed = given.routed ?? freePrefix(fabric, [...taken, ...(given.nat === null ? [] : [given.nat])]);
  const nat = given.nat ?? freePrefix(fabric, [...taken, routed]);
  if (routed.overlaps(nat)) {
    throw new UsageError(`--routed ${routed} and --nat ${nat} overlap`);
  }
  return { routed, nat };
}

function parsePrefix(option: string, word: string, taken: readonly Prefix[]): Prefix {
  const prefix = Prefix.parse(word);
  if (prefix === null || prefix.family !== 4 || prefix.length < SHORTEST || prefix.length > LONGEST) {
    throw new UsageError(
      `invalid value of ${option}: "${word}" is not an IPv4 network of length ${SHORTEST} to ${LONGEST}, such as 10.1.0.0/24`,
    );
  }
  const other = taken.find((each) => each.overlaps(prefix));
  if (other !== undefined) {
    throw new UsageError(
      `invalid value of ${option}: ${prefix} overlaps the fabric's ${other}; choose one outside`,
    );
  }
  return prefix;
}

/** Returns the first free /24 after the whole network, or the last before it where multicast follows. */
function freePrefix({ prefix: whole }: Fabric, taken: readonly Prefix[]): Prefix {
  const steps = Array.from({ length: taken.length + 1 }, (_, index) => index);
  const candidates = [
    ...steps.map((step) => Prefix.around(whole.last.plus(1 + step * 256), 24)),
    ...steps.map((step) => Prefix.around(whole.first.plus(-256 * (step + 1)), 24)),
  ];
  const free = candidates.find(
    (candidate) => !MULTICAST.overlaps(candidate) && taken.every((each) => !each.overlaps(candidate)),
  );
  if (free === undefined) {
    throw new UsageError("no free network beside the fabric's; give --routed and --nat");
  }
  return free;
}

const MULTICAST = Prefix.from("224.0.0.0/3");
