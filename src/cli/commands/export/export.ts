import { commandGroup } from "../../command.ts";
import { kubernetesCommand } from "./kubernetes.ts";
import { libvirtCommand } from "./libvirt.ts";

export const exportCommand = commandGroup("export", "Write the rack positions as files of other programs", [
  libvirtCommand,
  kubernetesCommand,
]);
