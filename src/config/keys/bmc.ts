import { ipv4Address } from "../value-types/addresses.ts";
import { bmcUserName, interfaceName } from "../value-types/names.ts";
import { bmcPassword } from "../value-types/secrets.ts";
import type { Section } from "./key-spec.ts";

export const bmc = {
  title: "BMC network",
  intro: "Each switch has a management controller (BMC), which ipmitool reaches from this host.",
  keys: {
    HOST_IPMI_BRIDGE_NAME: {
      type: interfaceName,
      default: "bripmi",
      help: "Bridge of the BMC network.",
      hint: "With `--name NAME`, the default is INTERFACE_PREFIX and br.",
    },
    HOST_IPMI_IP: {
      type: ipv4Address,
      default: "192.168.200.1",
      help: "This host's address in the BMC network, a /24 outside the whole network.",
    },
    VM_TAP_NIC: {
      type: interfaceName,
      default: `\${INTERFACE_PREFIX}ipmi`,
      help: "Tap in that bridge, for a virtual machine of yours, such as a PXE server that controls BMCs.",
    },
    BMC_USER: {
      type: bmcUserName,
      default: "admin",
      help: "User name for IPMI.",
    },
    BMC_PASSWORD: {
      type: bmcPassword,
      default: "",
      help: "Password for IPMI.",
      hint: "Empty: a random one, generated once; `ikvswitch config show --secrets` prints it.",
      secret: true,
    },
  },
} satisfies Section;
