import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { CommandError } from "../../errors.ts";
import { formatServerAddress, type PinnedServer, type ServerAddress } from "./server.ts";

/** A frozen host still completes TCP's handshake, so this limits that of TLS, too. */
const CONNECT_TIMEOUT_MS = 4_000;

/** An address that did not answer is the last one to be tried for this long, so that it costs its limit once. */
const SILENT_MS = 30_000;

/** When addresses did not answer, in ms since the epoch, by `HOST:PORT`. */
export type SilentAddresses = Map<string, number>;

/**
 * Connects to the first of the server's addresses that answers.
 * @param silent is kept up to date. Those that did not answer lately come last.
 * @throws CommandError if none does, or the one that does has another certificate.
 */
export async function connectPinned(
  server: PinnedServer,
  silent: SilentAddresses = new Map(),
): Promise<TLSSocket> {
  const failures: string[] = [];
  for (const address of silentLast(server.addresses, silent)) {
    const name = formatServerAddress(address);
    const result = await connectTo(address, server);
    if (typeof result !== "string") {
      silent.delete(name);
      checkCertificate(result, address, server);
      return result;
    }
    silent.set(name, Date.now());
    failures.push(`${name}: ${result}`);
  }
  throw new CommandError(`connect to ${names(server)}`, undefined, failures.join("\n"));
}

function silentLast(addresses: readonly ServerAddress[], silent: SilentAddresses): readonly ServerAddress[] {
  const isSilent = (address: ServerAddress) =>
    Date.now() - (silent.get(formatServerAddress(address)) ?? 0) < SILENT_MS;
  return [...addresses.filter((one) => !isSilent(one)), ...addresses.filter(isSilent)];
}

/** Resolves to a description of the failure instead of rejecting. */
function connectTo({ host, port }: ServerAddress, { identity }: PinnedServer): Promise<TLSSocket | string> {
  return new Promise((resolve) => {
    const socket = connect({
      ...{ host, port, minVersion: "TLSv1.2" },
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(identity === undefined ? {} : { key: identity.key, cert: identity.certificate }),
      // It is compared with the pinned one instead: authorities and names say nothing about it.
      rejectUnauthorized: false,
    });
    const fail = (why: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(why);
    };
    const timer = setTimeout(
      () => fail(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`),
      CONNECT_TIMEOUT_MS,
    );
    const onError = ({ message }: Error) => fail(message);
    socket.once("error", onError);
    socket.once("secureConnect", () => {
      clearTimeout(timer);
      socket.off("error", onError);
      resolve(socket);
    });
  });
}

function checkCertificate(socket: TLSSocket, address: ServerAddress, { fingerprint }: PinnedServer): void {
  const { raw } = socket.getPeerCertificate();
  const found = raw === undefined ? "none" : fingerprintOf(raw);
  if (found !== fingerprint) {
    socket.destroy();
    throw new CommandError(
      `connect to ${formatServerAddress(address)}`,
      undefined,
      `it has another certificate than the one we trust: SHA-256 ${found} instead of ${fingerprint}`,
    );
  }
}

/** Returns a certificate's SHA-256, in 64 lower-case hexadecimal digits. @param certificate as PEM or DER. */
export function fingerprintOf(certificate: string | Uint8Array): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();
}

function names({ addresses }: PinnedServer): string {
  return addresses.map(formatServerAddress).join(", ");
}
