import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ensureCertificate, requestSettings } from "../../../src/bmc/redfish/certificate.ts";
import { CommandError, PreflightError } from "../../../src/errors.ts";
import { localHost } from "../../../src/system/local-host.ts";

const host = localHost();
const YEAR_MS = 365 * 24 * 3_600_000;
const identity = { name: "web1", address: "192.0.2.7" };
let parent = "";
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "ikvswitch-certificate-"));
});
afterAll(() => rm(parent, { recursive: true }));

describe("a BMC's certificate", () => {
  it("is for its name and address, for ten years, and for servers only", async () => {
    const folder = join(parent, "made");
    const { certificate, key } = await ensureCertificate(host, folder, identity);
    const made = new X509Certificate(certificate);
    expect(made.subjectAltName).toBe("DNS:web1, IP Address:192.0.2.7");
    expect(made.subject).toBe("CN=web1");
    expect(made.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(made.ca).toBe(false);
    expect(made.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    expect(Date.parse(made.validTo) - Date.parse(made.validFrom)).toBe(10 * YEAR_MS);
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(await readdir(folder)).toEqual(["certificate.pem", "key.pem"]);
    expect((await stat(join(folder, "key.pem"))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it("is made once", async () => {
    const folder = join(parent, "once");
    const first = await ensureCertificate(host, folder, identity);
    expect(await ensureCertificate(host, folder, identity)).toEqual(first);
  });

  it("can be for an address of IPv6", async () => {
    const folder = join(parent, "six");
    const six = { name: "web1", address: "fd00:1::7" };
    const first = await ensureCertificate(host, folder, six);
    expect(new X509Certificate(first.certificate).checkIP("fd00:1::7")).toBe("fd00:1::7");
    expect(await ensureCertificate(host, folder, six)).toEqual(first);
  });

  it("is made again for another address or name", async () => {
    const folder = join(parent, "moved");
    const first = await ensureCertificate(host, folder, identity);
    const moved = await ensureCertificate(host, folder, { ...identity, address: "192.0.2.8" });
    expect(moved.certificate).not.toBe(first.certificate);
    const renamed = await ensureCertificate(host, folder, { name: "web2", address: "192.0.2.8" });
    expect(new X509Certificate(renamed.certificate).checkHost("web2")).toBe("web2");
  });

  it.each(["key.pem", "certificate.pem"])("is made again if %s is damaged or another's", async (file) => {
    const folder = join(parent, `damaged-${file}`);
    const other = await ensureCertificate(host, join(parent, `other-${file}`), identity);
    for (const content of ["", "nonsense", file === "key.pem" ? other.key : other.certificate]) {
      const before = await ensureCertificate(host, folder, identity);
      await writeFile(join(folder, file), content);
      const after = await ensureCertificate(host, folder, identity);
      expect(after).not.toEqual(before);
      expect(await ensureCertificate(host, folder, identity)).toEqual(after);
    }
  });

  it.each([
    ["has expired", 11 * YEAR_MS],
    ["is not valid yet", -YEAR_MS],
  ])("is made again if it %s", async (_, offsetMs) => {
    const folder = join(parent, `clock${offsetMs}`);
    const first = await ensureCertificate(host, folder, identity);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + offsetMs });
    try {
      expect(await ensureCertificate(host, folder, identity)).not.toEqual(first);
    } finally {
      vi.useRealTimers();
    }
  });

  it("names the package if openssl is missing", async () => {
    const without = {
      ...host,
      run: async () => {
        throw new CommandError("openssl", 127, "No such file or directory");
      },
    };
    const failure = ensureCertificate(without, join(parent, "without"), identity);
    await expect(failure).rejects.toThrow(PreflightError);
    await expect(failure).rejects.toThrow("fix: apt install openssl");
  });

  it.each([
    { name: "a\nb", address: "192.0.2.7" },
    { name: "$ENV::HOME", address: "192.0.2.7" },
    { name: "", address: "192.0.2.7" },
    { name: "web1", address: "192.0.2.7, email:x" },
  ])("is never made for $name at $address", (wrong) => {
    expect(() => requestSettings(wrong)).toThrow("no name or address of a server");
  });
});
