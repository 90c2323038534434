import type { Mac } from "./types.ts";

/**
 * The IPv6 link-local address that Linux gives an interface with this MAC: fe80::/64 and the modified EUI-64 of
 * the MAC (RFC 4291 appendix A), written as RFC 5952 wants it. 08:00:27:06:ac:52 is fe80::a00:27ff:fe06:ac52.
 */
export function linkLocalOf(mac: Mac): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(":").map((byte) => Number.parseInt(byte, 16));
  // The universal/local bit is inverted, so that hand-made addresses such as ::1 need no bit set.
  const groups = [((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f];
  // Only the first group can be zero and widen the run of zeros that :: stands for.
  return `fe80::${(groups[0] === 0 ? groups.slice(1) : groups).map((group) => group.toString(16)).join(":")}`;
}
