import type { Settings } from "../config/settings.ts";
import { PreflightError } from "../errors.ts";
import type { Fabric } from "../fabric/types.ts";
import { imageSource } from "../image/source.ts";
import type { BootFiles } from "../image/store.ts";
import type { Address } from "../net/address.ts";
import { ensureIdentities } from "../nodes/identity.ts";
import { sharedSettings } from "../nodes/shared-settings.ts";
import { chooseAccelerator } from "../qemu/accel.ts";
import type { Accelerator } from "../qemu/accelerator.ts";
import { findQemu, tunProblem } from "../qemu/requirements.ts";
import { openStateFolder } from "../qemu/state-folder.ts";
import { keyLines } from "../render/ssh.ts";
import { type Architecture, findArchitecture } from "../system/architecture.ts";
import type { EmulatorUser } from "../system/confine.ts";
import { findEmulatorUser } from "../system/emulator-user.ts";
import type { Host } from "../system/host.ts";
import type { Progress } from "../system/progress.ts";
import { missingLimits } from "./limits.ts";
import type { Profile } from "./profile.ts";

/** What a host gives its VMs, found once for all that are started together. */
export interface VmSite {
  readonly settings: Settings;
  /** As its switches run it: without a VLAN for BGP where their kernel has none. */
  readonly fabric: Fabric;
  readonly architecture: Architecture;
  readonly user: EmulatorUser;
  readonly accelerator: Accelerator;
  /** The switches' image; null if no VM needs it. */
  readonly image: VmImage | null;
}

/** The switches' image, and what its VMs have in common. */
export interface VmImage {
  readonly boot: BootFiles;
  readonly dnsServers: readonly Address[];
  readonly rootPasswordHash: string;
  /** Lines of authorized_keys: the tool's, and those of SSH_AUTHORIZED_KEYS. */
  readonly authorizedKeys: readonly string[];
}

export interface VmSiteRequest {
  readonly settings: Settings;
  readonly fabric: Fabric;
  /** Our own `guest`: files of the image. */
  readonly guest: string;
  readonly progress: Progress;
  readonly onWarning: (text: string) => void;
}

/**
 * Checks what VMs of these profiles require of the host, and builds the switches' image if one of them boots it.
 * @throws PreflightError with everything that is missing.
 */
export async function prepareSite(
  host: Host,
  { settings, fabric, guest, progress, onWarning }: VmSiteRequest,
  profiles: readonly Profile[],
): Promise<VmSite> {
  const { stateDir } = settings;
  const architecture = await findArchitecture(host);
  const found = await progress.step("Check this host", async () => {
    const [user, qemuVersion, missing] = await Promise.all([
      findEmulatorUser(host, settings.emulatorUser),
      findQemu(host, architecture),
      tunProblem(host),
    ]);
    if (missing.length > 0) {
      throw new PreflightError(missing);
    }
    await openStateFolder(host, stateDir, user);
    const unlimited = await missingLimits(host, settings);
    if (unlimited !== null) {
      onWarning(unlimited);
    }
    const request = { wanted: settings.accel, architecture, user, stateDir, qemuVersion };
    return { user, ...(await chooseAccelerator(host, request)) };
  });
  const image = profiles.some((profile) => profile.image === "switch")
    ? await progress.step("Prepare the image", async (note) => {
        const boot = await imageSource(host, settings, guest).provide(architecture, note);
        return { boot, ...(await imageSettings(host, settings, fabric)) };
      })
    : null;
  return { settings, fabric, architecture, user: found.user, accelerator: found.accelerator, image };
}

async function imageSettings(host: Host, settings: Settings, fabric: Fabric): Promise<Omit<VmImage, "boot">> {
  const identities = await ensureIdentities(host, settings.stateDir, fabric, settings.rootPassword);
  const shared = await sharedSettings(host, settings, identities);
  return {
    dnsServers: shared.dnsServers,
    rootPasswordHash: shared.rootPasswordHash,
    authorizedKeys: keyLines(`${shared.toolPublicKey}\n${shared.authorizedKeys}`),
  };
}
