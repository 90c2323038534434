import { createPrivateKey, X509Certificate } from "node:crypto";
import { PreflightError } from "../errors.ts";
import type { Host } from "../system/host.ts";
import type { ClientIdentity } from "../system/https/server.ts";
import { runIfInstalled } from "../system/run-if-installed.ts";
import { readStateText, writeStateFile } from "../system/state-file.ts";

/**
 * Returns our key and certificate in the folder. They are made if they are missing, damaged or expired. Only root may
 * read the key.
 * @throws PreflightError if openssl is missing.
 */
export async function ensureIdentity(host: Host, folder: string): Promise<ClientIdentity> {
  const kept = await readIdentity(host, folder);
  if (kept !== undefined) {
    return kept;
  }
  const paths = identityPaths(folder);
  await host.makeDirectory(folder, 0o700);
  const key = await openssl(host, ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
  // First: a key without its certificate is replaced the next time.
  await writeStateFile(host, paths.key, key, 0o600);
  const certificate = await openssl(host, [...REQUEST, "-key", paths.key]);
  await writeStateFile(host, paths.certificate, certificate, 0o644);
  return { key, certificate };
}

/** Undefined if they are missing, damaged or expired. */
export async function readIdentity(host: Host, folder: string): Promise<ClientIdentity | undefined> {
  const paths = identityPaths(folder);
  const [key, certificate] = await Promise.all([
    readStateText(host, paths.key),
    readStateText(host, paths.certificate),
  ]);
  return key !== undefined && certificate !== undefined && isValid({ key, certificate })
    ? { key, certificate }
    : undefined;
}

function identityPaths(folder: string) {
  return { key: `${folder}/key.pem`, certificate: `${folder}/certificate.pem` };
}

function isValid({ key, certificate }: ClientIdentity): boolean {
  try {
    const parsed = new X509Certificate(certificate);
    const now = Date.now();
    return (
      Date.parse(parsed.validFrom) <= now &&
      now < Date.parse(parsed.validTo) &&
      parsed.checkPrivateKey(createPrivateKey(key))
    );
  } catch {
    // Not PEM, or of another kind.
    return false;
  }
}

/** All that openssl needs (req(1)), whatever the host's own openssl.cnf has. */
const REQUEST = [
  ...["req", "-x509", "-new", "-sha256", "-config", "/dev/null", "-days", "3650", "-subj", "/CN=ikvswitch"],
  ...["-addext", "basicConstraints=critical,CA:FALSE"],
  ...["-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=clientAuth"],
];

async function openssl(host: Host, args: readonly string[]): Promise<string> {
  const result = await runIfInstalled(host, { file: "openssl", args });
  if (result === undefined) {
    throw new PreflightError([
      {
        what: "missing program: openssl",
        why: "makes the certificate with which a cluster knows this host",
        fix: "apt install openssl",
      },
    ]);
  }
  return result.stdout;
}
