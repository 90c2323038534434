import type { Socket } from "../system/listening.ts";
import { asciiField, fruInventory } from "./fru.ts";
import type { MachineFacts } from "./model/control.ts";

/**
 * Returns the simulator's configuration (ipmi_lan(5)).
 *
 * - It contains no text of a user's. The simulator passes the chassis program to a shell, so even its path comes from
 *   the environment, where the shell takes it as one word.
 * - No authentication type is allowed, which rules out IPMI 1.5 sessions; RMCP+ ignores that list.
 * - Without a GUID there would be no RMCP+.
 */
export function lanConfig(
  { name, uuid }: Pick<MachineFacts, "name" | "uuid">,
  sockets: { readonly lan: Socket; readonly console: Socket },
): string {
  return lines([
    `name "${name}"`,
    "set_working_mc 0x20",
    "startlan 1",
    `  addr ${sockets.lan.address} ${sockets.lan.port}`,
    "  priv_limit admin",
    `  guid ${uuid.replaceAll("-", "")}`,
    "endlan",
    `chassis_control '${CHASSIS_COMMAND}'`,
    `sol "tcp:${sockets.console.address}:${sockets.console.port}" 115200`,
  ]);
}

/**
 * Command that the simulator runs in a shell, with `get` or `set` and its arguments appended. The script is read, not
 * executed: the run directory may be mounted noexec.
 */
const CHASSIS_COMMAND = 'exec sh "$IKVSWITCH_CHASSIS"';

/** Returns the parts of the simulated controller, as simulator commands (ipmi_sim_cmd(5)). */
export function simulatorCommands({ name, role }: Pick<MachineFacts, "name" | "role">): string {
  const fru = fruInventory({
    manufacturer: "ikvswitch",
    name,
    partNumber: role,
  });
  return lines([
    `mc_setbmc ${BMC}`,
    `mc_add ${BMC} 0 no-device-sdrs 0 1 0 ${hex(DEVICE_SUPPORT)} 0 0`,
    `sel_enable ${BMC} 100 0x0a`,
    `main_sdr_add ${BMC} ${hexBytes(controllerRecord(name))}`,
    `mc_add_fru_data ${BMC} 0 ${fru.length} data ${hexBytes(fru)}`,
    // The simulator's watchdog expects to be sensor 0.
    `sensor_add ${BMC} 0 0 35 0x6f event-only`,
    `mc_enable ${BMC}`,
  ]);
}

const BMC = "0x20";
/** IPMI 2.0, table 20-2: chassis, FRU inventory, event log, repository of sensor records. */
const DEVICE_SUPPORT = 0x8e;

/** Returns a management controller's record (IPMI 2.0, table 43-9), so that `ipmitool sdr` shows the machine's name. */
function controllerRecord(name: string): Uint8Array {
  const systemBoard = [0x07, 0x01];
  const body = [0x20, 0, 0, DEVICE_SUPPORT, 0, 0, 0, ...systemBoard, 0, ...asciiField(name)];
  return Uint8Array.from([0, 0, 0x51, 0x12, body.length, ...body]);
}

/**
 * Returns the simulator's persistent data of its users. Its configuration file can define users too, but accepts at
 * most 19 of a password's 20 bytes and no blank. User 1 is IPMI's anonymous user, and does not exist.
 */
export function usersMemory(access: { readonly user: string; readonly password: string }): string {
  return lines([
    "2.valid:i:1",
    "2.link_auth:i:0",
    "2.cb_only:i:0",
    `2.username:d:${escapedBytes(access.user, 16)}`,
    `2.passwd:d:${escapedBytes(access.password, 20)}`,
    "2.privilege:i:4",
    "2.max_sessions:i:10",
  ]);
}

function escapedBytes(text: string, length: number): string {
  const bytes = new Uint8Array(length);
  bytes.set(new TextEncoder().encode(text));
  return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}

function hexBytes(bytes: Uint8Array): string {
  return [...bytes].map(hex).join(" ");
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
