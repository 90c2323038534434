import { createPrivateKey, X509Certificate } from "node:crypto";
import { PreflightError } from "../../errors.ts";
import { Address } from "../../net/address.ts";
import type { Host } from "../../system/host.ts";
import { runIfInstalled } from "../../system/run-if-installed.ts";
import { readStateText, writeStateFile } from "../../system/state-file.ts";

/** Key and certificate of an HTTPS server, as PEM texts. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** Name and address by which clients connect. */
export interface ServerIdentity {
  readonly name: string;
  readonly address: string;
}

const DAYS = 3650;

/**
 * Returns the key and self-signed certificate in the folder. They are made if they are missing, damaged, expired, or for
 * another name or address. Only root may read the key.
 * @throws PreflightError if openssl is missing.
 */
export async function ensureCertificate(
  host: Host,
  folder: string,
  identity: ServerIdentity,
): Promise<KeyAndCertificate> {
  const paths = { key: `${folder}/key.pem`, certificate: `${folder}/certificate.pem` };
  const [key, certificate] = await Promise.all([
    readStateText(host, paths.key),
    readStateText(host, paths.certificate),
  ]);
  if (key !== undefined && certificate !== undefined && isValid({ key, certificate }, identity)) {
    return { key, certificate };
  }
  await host.makeDirectory(folder, 0o700);
  const newKey = await openssl(host, ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
  // First: a key without its certificate is replaced with the next start.
  await writeStateFile(host, paths.key, newKey, 0o600);
  const newCertificate = await selfSigned(host, folder, paths.key, identity);
  await writeStateFile(host, paths.certificate, newCertificate, 0o644);
  return { key: newKey, certificate: newCertificate };
}

/** Reports whether a certificate is this server's and its key's, and has not expired. */
function isValid({ key, certificate }: KeyAndCertificate, { name, address }: ServerIdentity): boolean {
  try {
    const parsed = new X509Certificate(certificate);
    const now = Date.now();
    return (
      Date.parse(parsed.validFrom) <= now &&
      now < Date.parse(parsed.validTo) &&
      parsed.checkHost(name) !== undefined &&
      parsed.checkIP(address) !== undefined &&
      parsed.checkPrivateKey(createPrivateKey(key))
    );
  } catch {
    // Not PEM, or of another kind.
    return false;
  }
}

async function selfSigned(
  host: Host,
  folder: string,
  keyFile: string,
  identity: ServerIdentity,
): Promise<string> {
  const settings = `${folder}/request.cnf`;
  await writeStateFile(host, settings, requestSettings(identity), 0o600);
  try {
    return await openssl(host, [
      ...["req", "-x509", "-new", "-sha256", "-days", String(DAYS)],
      ...["-config", settings, "-key", keyFile],
    ]);
  } finally {
    await host.remove(settings);
  }
}

/**
 * Returns openssl's settings for the request (req(1), x509v3_config(5)). They have all that it needs, whatever the
 * host's own openssl.cnf has.
 */
export function requestSettings({ name, address }: ServerIdentity): string {
  // In such a file $ and line breaks have a meaning.
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/.test(name) || Address.parse(address) === null) {
    throw new Error(`no name or address of a server: ${JSON.stringify({ name, address })}`);
  }
  return [
    "[req]",
    "prompt = no",
    "distinguished_name = subject",
    "x509_extensions = extensions",
    "[subject]",
    `CN = ${name}`,
    "[extensions]",
    "basicConstraints = critical, CA:FALSE",
    "keyUsage = critical, digitalSignature",
    "extendedKeyUsage = serverAuth",
    "subjectKeyIdentifier = hash",
    `subjectAltName = DNS:${name}, IP:${address}`,
    "",
  ].join("\n");
}

async function openssl(host: Host, args: readonly string[]): Promise<string> {
  const result = await runIfInstalled(host, { file: "openssl", args });
  if (result === undefined) {
    throw new PreflightError([
      {
        what: "missing program: openssl",
        why: "makes the certificates of the management controllers (BMCs) for Redfish",
        fix: "apt install openssl",
      },
    ]);
  }
  return result.stdout;
}
