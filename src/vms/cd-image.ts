import { UsageError } from "../errors.ts";
import { confined, type EmulatorUser } from "../system/confine.ts";
import type { Host } from "../system/host.ts";

/** Where ISO 9660 has its identifier, and the identifier. */
const IDENTIFIER_AT = 32_769;
const IDENTIFIER = "CD001";

const PATH = /^\/[\x21-\x7e]{1,1000}$/;
const URL_TEXT = /^https?:\/\/[\x21-\x7e]{1,1000}$/;

/**
 * Checks an image for a VM's CD drive: an http(s) URL, or the absolute path of an ISO image that the emulator's user
 * can read. Other files are refused: whoever may speak to a BMC must not read disks of other VMs.
 * @throws UsageError if it is neither.
 */
export async function checkCdImage(host: Host, user: EmulatorUser, image: string): Promise<void> {
  if (URL_TEXT.test(image) && URL.canParse(image)) {
    return;
  }
  if (!PATH.test(image)) {
    throw new UsageError(
      `invalid image: ${JSON.stringify(image)} (an absolute path without blanks, or an http(s) URL)`,
    );
  }
  const read = {
    file: "dd",
    args: [`if=${image}`, "bs=1", `skip=${IDENTIFIER_AT}`, "count=5", "status=none"],
  };
  const { exitCode, stdout, stderr } = await host.run(confined(read, user, { kvm: false }), {
    okExitCodes: "any",
    timeoutMs: 10_000,
  });
  if (exitCode !== 0) {
    throw new UsageError(`${image} can't be read by user ${user.name}: ${stderr.trim().split("\n")[0]}`);
  }
  if (stdout !== IDENTIFIER) {
    throw new UsageError(`${image} is no ISO image`);
  }
}
