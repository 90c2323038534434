/** IPMI 2.0, table 22-17: a standard suite, its number, and its three algorithms marked by kind. */
const SUITE_3 = [0xc0, 0x03, 0x01, 0x41, 0x81];
const SUITE_3_ALGORITHMS = SUITE_3.slice(2);
const CHANNEL = 1;
/** Offset of the message: after RMCP's four bytes and the session header of either format. */
const IPMI_15_HEADER = 14;
const RMCP_PLUS_HEADER = 16;

/**
 * Returns the answer to Get Channel Cipher Suites (IPMI 2.0, section 22.15) in the format of the request: a list of one
 * suite. Undefined if the request is cut short.
 */
export function cipherSuitesAnswer(datagram: Uint8Array, message: Uint8Array): Uint8Array | undefined {
  const [to = 0, netFnAndLun = 0, , from = 0, sequenceAndLun = 0, command = 0, , , selector] = message;
  if (selector === undefined || message.length < 10) {
    return undefined;
  }
  const suites = (selector & 0x80) === 0 ? SUITE_3_ALGORITHMS : SUITE_3;
  // Later parts of the list, of 16 bytes each, are empty.
  const part = (selector & 0x3f) === 0 ? suites : [];
  const requesterLun = sequenceAndLun & 3;
  const responderLun = netFnAndLun & 3;
  const body = [
    ...withChecksum([from, ((netFnAndLun | 4) & 0xfc) | requesterLun]),
    ...withChecksum([to, (sequenceAndLun & 0xfc) | responderLun, command, 0, CHANNEL, ...part]),
  ];
  return Uint8Array.from([...header(datagram, body.length), ...body]);
}

/** Returns the request's own header, outside of any session, with the answer's length. */
function header(datagram: Uint8Array, length: number): number[] {
  return datagram[4] === 0
    ? [...datagram.subarray(0, IPMI_15_HEADER - 1), length]
    : [...datagram.subarray(0, RMCP_PLUS_HEADER - 2), length & 0xff, length >> 8];
}

function withChecksum(bytes: readonly number[]): number[] {
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return [...bytes, -sum & 0xff];
}
