import { cipherSuitesAnswer } from "./cipher-suites-answer.ts";

/** The proxy's action on a client's datagram. */
export type Verdict =
  | { readonly kind: "forward" }
  | { readonly kind: "answer"; readonly datagram: Uint8Array }
  | { readonly kind: "drop" };

const FORWARD: Verdict = { kind: "forward" };
const DROP: Verdict = { kind: "drop" };

const RMCP_VERSION = 6;
const CLASS_ASF = 6;
const CLASS_IPMI = 7;
const FORMAT_NONE = 0;
const FORMAT_RMCP_PLUS = 6;
const PAYLOAD_IPMI = 0;

const NETFN_APPLICATION = 0x06;
const GET_SYSTEM_GUID = 0x37;
const GET_CHANNEL_AUTHENTICATION_CAPABILITIES = 0x38;
const GET_CHANNEL_CIPHER_SUITES = 0x54;

/**
 * Decides whether a client's datagram is forwarded to the simulator, answered by the proxy, or dropped.
 *
 * - Nobody can be answered at port 0, which only a forged datagram has. Node's `send` would throw.
 * - Sessions are RMCP+ (IPMI 2.0, section 13): those of IPMI 1.5 can't be encrypted, so none is opened.
 * - Outside of sessions only discovery requests pass. The proxy answers the request for cipher suites itself:
 *   OpenIPMI before 2.0.37 ignores the form that ipmitool uses, and ipmitool would wait ten seconds each time. The
 *   answer lists the only suite there is.
 */
export function filterDatagram(datagram: Uint8Array, from: { readonly port: number }): Verdict {
  if (from.port === 0 || datagram[0] !== RMCP_VERSION) {
    return DROP;
  }
  if (datagram[3] === CLASS_ASF) {
    return FORWARD;
  }
  const request = datagram[3] === CLASS_IPMI ? readRequest(datagram) : undefined;
  if (request === undefined) {
    return DROP;
  }
  if (request.kind === "session") {
    return FORWARD;
  }
  const [, netFnAndLun = 0, , , , command] = request.message;
  if (netFnAndLun >> 2 !== NETFN_APPLICATION) {
    return DROP;
  }
  switch (command) {
    case GET_CHANNEL_CIPHER_SUITES:
      return answerOrDrop(cipherSuitesAnswer(datagram, request.message));
    case GET_SYSTEM_GUID:
    case GET_CHANNEL_AUTHENTICATION_CAPABILITIES:
      return FORWARD;
    default:
      return DROP;
  }
}

type Request =
  /** Part of a session, or about to begin one. */
  | { readonly kind: "session" }
  /** A message from an address byte to a checksum: IPMI 2.0, section 13.8. */
  | { readonly kind: "question"; readonly message: Uint8Array };

function readRequest(datagram: Uint8Array): Request | undefined {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (datagram[4] === FORMAT_NONE && datagram.length >= 14) {
    const sessionId = view.getUint32(9, true);
    const length = view.getUint8(13);
    return sessionId === 0 ? question(datagram.subarray(14, 14 + length), length) : undefined;
  }
  if (datagram[4] === FORMAT_RMCP_PLUS && datagram.length >= 16) {
    const payload = view.getUint8(5) & 0x3f;
    const sessionId = view.getUint32(6, true);
    const length = view.getUint16(14, true);
    return payload === PAYLOAD_IPMI && sessionId === 0
      ? question(datagram.subarray(16, 16 + length), length)
      : { kind: "session" };
  }
  return undefined;
}

/**
 * Parses a message. The shortest has an address, function, checksum, address, sequence number, command and checksum.
 */
function question(message: Uint8Array, length: number): Request | undefined {
  return message.length === length && length >= 7 ? { kind: "question", message } : undefined;
}

function answerOrDrop(datagram: Uint8Array | undefined): Verdict {
  return datagram === undefined ? DROP : { kind: "answer", datagram };
}
