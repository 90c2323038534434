import { UsageError } from "../errors.ts";
import { sshCommandTo } from "../nodes/ssh.ts";
import type { Command, Host } from "../system/host.ts";
import type { VmFolder } from "./folder.ts";

/**
 * Returns the command that logs in to a VM as root with the tool's own key. The VM's host key is the one that we made
 * for it.
 * @param words as for `sshCommandLine`.
 */
export async function vmSshCommand(
  host: Host,
  stateDir: string,
  folder: VmFolder,
  address: string,
  words: readonly string[],
): Promise<Command> {
  const key = await host.readFile(`${folder.state}/ssh_host_ed25519_key.pub`);
  if (key === undefined) {
    throw new UsageError(`${folder.name} was never started; run 'ikvswitch vm start ${folder.name}'`);
  }
  const knownHosts = `${folder.state}/known_hosts`;
  await host.writeFile(knownHosts, `${folder.name} ${key}`, 0o600);
  return sshCommandTo({ stateDir, knownHosts, name: folder.name, address, words });
}
