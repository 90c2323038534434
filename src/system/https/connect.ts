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

/** Time after which the next address is tried as well. An idle server takes some milliseconds. */
const HEAD_START_MS = 1_000;

/**
 * Connects to the first of the server's addresses that answers.
 * @param silent is kept up to date. Those that did not answer lately come last.
 * @throws CommandError if none does, or the one that does has another certificate.
 */
export async function connectPinned(
  server: PinnedServer,
  silent: SilentAddresses = new Map(),
): Promise<TLSSocket> {
  if (server.addresses.length === 0) {
    throw new CommandError("connect to the server", undefined, "it has no address");
  }
  const found = await firstToAnswer(silentLast(server.addresses, silent), server, silent);
  if (!("socket" in found)) {
    throw new CommandError(`connect to ${names(server)}`, undefined, found.failures.join("\n"));
  }
  checkCertificate(found.socket, found.address, server);
  return found.socket;
}

function silentLast(addresses: readonly ServerAddress[], silent: SilentAddresses): readonly ServerAddress[] {
  const isSilent = (address: ServerAddress) =>
    Date.now() - (silent.get(formatServerAddress(address)) ?? 0) < SILENT_MS;
  return [...addresses.filter((one) => !isSilent(one)), ...addresses.filter(isSilent)];
}

type Found =
  | { readonly socket: TLSSocket; readonly address: ServerAddress }
  | { readonly failures: readonly string[] };

/** Tries one after the other, each when the one before has failed, or has had its head start. */
function firstToAnswer(
  addresses: readonly ServerAddress[],
  server: PinnedServer,
  silent: SilentAddresses,
): Promise<Found> {
  const failures = new Map<number, string>();
  const done = new AbortController();
  let begun = 0;
  return new Promise((resolve) => {
    const end = (found: Found) => {
      done.abort();
      resolve(found);
    };
    const tryNext = async (): Promise<void> => {
      const index = begun++;
      const address = addresses[index];
      if (done.signal.aborted || address === undefined) {
        return;
      }
      const name = formatServerAddress(address);
      const isSilent = () => silent.set(name, Date.now());
      const headStart = setTimeout(() => {
        isSilent();
        void tryNext();
      }, HEAD_START_MS);
      const result = await connectTo(address, server, done.signal);
      clearTimeout(headStart);
      if (done.signal.aborted) {
        typeof result === "string" || result.destroy();
      } else if (typeof result !== "string") {
        silent.delete(name);
        end({ socket: result, address });
      } else {
        isSilent();
        failures.set(index, `${name}: ${result}`);
        if (failures.size === addresses.length) {
          end({ failures: [...failures].toSorted(([one], [other]) => one - other).map(([, why]) => why) });
        } else if (begun === index + 1) {
          void tryNext();
        }
      }
    };
    void tryNext();
  });
}

/** Resolves to a description of the failure instead of rejecting. @param ended aborted when there is no more need. */
function connectTo(
  { host, port }: ServerAddress,
  { identity }: PinnedServer,
  ended: AbortSignal,
): Promise<TLSSocket | string> {
  return new Promise((resolve) => {
    const socket = connect({
      ...{ host, port, minVersion: "TLSv1.2" },
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(identity === undefined ? {} : { key: identity.key, cert: identity.certificate }),
      // It is compared with the pinned one instead: authorities and names say nothing about it.
      rejectUnauthorized: false,
    });
    const settle = (result: TLSSocket | string) => {
      clearTimeout(timer);
      ended.removeEventListener("abort", giveUp);
      socket.off("error", onError);
      if (result !== socket) {
        // An error that is on its way has no other listener.
        socket.on("error", () => {}).destroy();
      }
      resolve(result);
    };
    const timer = setTimeout(
      () => settle(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`),
      CONNECT_TIMEOUT_MS,
    );
    const giveUp = () => settle("given up");
    const onError = ({ message }: Error) => settle(message);
    ended.addEventListener("abort", giveUp);
    socket.once("error", onError);
    socket.once("secureConnect", () => settle(socket));
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
