/**
 * Suite 3: HMAC-SHA1 for authentication, HMAC-SHA1-96 for integrity, AES-CBC-128 for confidentiality
 * (IPMI 2.0, table 22-20).
 */
const SUITE_3 = [1, 1, 1];
const END = [-1, -1, -1];

/** Beginning of the simulator's table of cipher suites: 0, 1, 2 and 3, as three C integers each. */
const TABLE = integers([[0, 0, 0], [1, 0, 0], [1, 1, 0], SUITE_3].flat());

/**
 * Returns OpenIPMI's simulator library, changed so that the only cipher suite is 3.
 *
 * The original accepts suite 0, a session without a password, for any existing user, and has no setting against that:
 * the privilege levels per suite that IPMI provides for it are looked up by the wrong number
 * (handle_open_session_payload in lanserv_ipmi.c, OpenIPMI 2.0.33 to 2.0.37).
 *
 * Undefined if the table is not found exactly once: then it is not known what the library accepts.
 */
export function onlyStrongSuite(library: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(library);
  const at = bytes.indexOf(TABLE);
  if (at < 0 || bytes.indexOf(TABLE, at + 1) >= 0) {
    return undefined;
  }
  bytes.set(integers([...SUITE_3, ...END]), at);
  return bytes;
}

/** Encodes integers in little-endian order: Debian's switches run on little-endian processors only. */
function integers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeInt32LE(value, 4 * index);
  });
  return bytes;
}
