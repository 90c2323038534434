import { cipherSuitesAnswer } from "./cipher-suites-answer.ts";

/** What to do with a client's datagram. */
export type Judgement =
  | { readonly kind: "forward" }
  | { readonly kind: "answer"; readonly datagram: Uint8Array }
  | { readonly kind: "drop" };

const FORWARD: Judgement = { kind: "forward" };
const DROP: Judgement = { kind: "drop" };

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
 * What a client may say to a simulator.
 *
 * - Sessions are RMCP+ (IPMI 2.0, section 13): those of IPMI 1.5 can't be encrypted, and are not begun.
 * - Outside of a session clients only ask what there is. One of their questions, for the cipher suites, is
 *   answered here: OpenIPMI before 2.0.37 ignores it in the form in which ipmitool asks, so that ipmitool first
 *   waits ten seconds, each time. The answer names the one suite that there is.
 */
export function judge(datagram: Uint8Array): Judgement {
  if (datagram[0] !== RMCP_VERSION) {
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
  /** Of a session, or about to begin one. */
  | { readonly kind: "session" }
  /** From an address byte to a checksum: IPMI 2.0, section 13.8. */
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

/** The shortest has an address, function, checksum, address, sequence number, command and checksum. */
function question(message: Uint8Array, length: number): Request | undefined {
  return message.length === length && length >= 7 ? { kind: "question", message } : undefined;
}

function answerOrDrop(datagram: Uint8Array | undefined): Judgement {
  return datagram === undefined ? DROP : { kind: "answer", datagram };
}
