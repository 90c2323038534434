import { listenAddress } from "../value-types/addresses.ts";
import { listOf } from "../value-types/lists.ts";
import { backendName, oneOf, packageName, releaseName, userName } from "../value-types/names.ts";
import { wholeNumber } from "../value-types/numbers.ts";
import { perSwitch } from "../value-types/per-switch.ts";
import { absolutePath, mirrorUrl, ownDirectory } from "../value-types/places.ts";
import { rootPassword, vncPassword } from "../value-types/secrets.ts";
import { autoOr, emptyOr } from "../value-types/value-type.ts";
import type { Section } from "./key-spec.ts";

export const image = {
  title: "The switches' image",
  intro: "All switches start from one read-only image, made from Debian packages.",
  keys: {
    DEBIAN_RELEASE: {
      type: releaseName,
      default: "trixie",
      help: "Debian release inside the switches.",
    },
    DEBIAN_MIRROR: {
      type: mirrorUrl,
      default: "http://deb.debian.org/debian",
      help: "Mirror of the Debian packages.",
    },
    DEBIAN_SECURITY_MIRROR: {
      type: mirrorUrl,
      default: "http://security.debian.org/debian-security",
      help: "Mirror of the Debian security updates.",
    },
    EXTRA_PACKAGES: {
      type: listOf("a list of Debian packages' names, separated by commas", packageName),
      default: "",
      help: "Debian packages to add to the image, separated by commas.",
    },
    VM_ROOT_PASS: {
      type: rootPassword,
      default: "changeme",
      help: "Password of root inside the switches, for SSH and consoles.",
      hint: "While it is the shipped one, VNC_LISTEN=auto is 127.0.0.1 only. `--set-file VM_ROOT_PASS=FILE` keeps it out of this file.",
      secret: true,
    },
    SSH_AUTHORIZED_KEYS: {
      type: emptyOr(absolutePath),
      default: "/root/.ssh/authorized_keys",
      help: "File of the SSH keys that may log in to the switches as root.",
      hint: "Empty: none.",
    },
  },
} satisfies Section;

export const machines = {
  title: "The switches' machines",
  intro: "Every switch is a virtual machine or a set of namespaces of this host.",
  keys: {
    BACKEND: {
      type: backendName,
      default: "qemu",
      help: "Kind of the switches: virtual machines (qemu), namespaces (netns), or containers of a cluster (incus).",
      hint: "Namespaces start in seconds and need little memory, but share the host's kernel and have no console, VNC or BMC. For containers, see docs/hosts.md.",
    },
    ACCEL: {
      type: oneOf("auto", "kvm", "tcg"),
      default: "auto",
      help: "Accelerator of the virtual machines: the host's processor (kvm) or emulation by QEMU (tcg).",
      hint: "auto: kvm if a test shows that it works.",
    },
    BOOT: {
      type: oneOf("auto", "warm", "cold"),
      default: "auto",
      help: "Start of virtual machines: as clones of a booted switch (warm), or by booting each one (cold).",
      hint: "auto: warm, but a switch that can't be cloned boots, and `up` reports why. See docs/warm-start.md.",
    },
    WARM_FABRIC_MAX_MIB: {
      type: wholeNumber(0, 1_048_576),
      default: "4096",
      unit: "MiB",
      help: "Most disk space for a warm fabric: cloned switches that have converged, from which the next `up` resumes.",
      hint: "None is made if the memory of all switches together exceeds it; 0: never. See docs/warm-start.md.",
    },
    SWITCH_MEMORY_MIB: {
      type: perSwitch(128, 1_048_576),
      default: "256",
      unit: "MiB",
      help: "Memory of each switch. Exceptions by name: 256,leaf3=512.",
    },
    SWITCH_VCPUS: {
      type: perSwitch(1, 64),
      default: "1",
      help: "Processors of each switch. Exceptions by name: 1,spine1=2.",
    },
    SWITCH_MAX_PROCESSES: {
      type: wholeNumber(100, 1_000_000),
      default: "1024",
      help: "Limit on the processes and threads of a switch with BACKEND=netns.",
      hint: "Memory and processors are limited as with BACKEND=qemu; see docs/namespaces.md.",
    },
    VNC_DISPLAY_START: {
      // Display 0 is TCP port 5900.
      type: wholeNumber(0, 59_635),
      default: "80",
      help: "VNC display of the internet router; spines and leaves have those that follow. Display 80 is TCP port 5980.",
    },
    VNC_LISTEN: {
      type: autoOr(listenAddress),
      default: "auto",
      help: "Address on which the VNC consoles listen.",
      hint: "auto: all addresses, but only 127.0.0.1 while VM_ROOT_PASS is the shipped one.",
    },
    VNC_PASSWORD: {
      type: vncPassword,
      default: "",
      help: "Password of the VNC consoles.",
      hint: "Empty: a random one, generated once; `ikvswitch config show --secrets` and `ikvswitch vnc` print it.",
      secret: true,
    },
    EMULATOR_USER: {
      type: userName,
      default: "ikvswitch",
      help: "Unprivileged system user that owns the taps and runs the switches.",
    },
  },
} satisfies Section;

export const directories = {
  title: "Directories",
  intro: "Directories of ikvswitch's own files on this host.",
  keys: {
    STATE_DIR: {
      type: ownDirectory,
      default: "/var/lib/ikvswitch",
      help: "Images and other files that must survive a reboot.",
      hint: "With `--name NAME`, the default is /var/lib/ikvswitch/fabrics/NAME.",
    },
    RUN_DIR: {
      type: ownDirectory,
      default: "/run/ikvswitch",
      help: "Sockets and process IDs.",
      hint: "With `--name NAME`, the default is /run/ikvswitch/fabrics/NAME.",
    },
    STARTUP_DIR: {
      type: absolutePath,
      default: "/etc/ikvswitch/startup",
      help: "Your own fragments of switches' configuration, such as `leaf1/frr.conf`.",
      hint: "A fragment is added to the rendered file: `NODE/frr.conf` or `NODE/sysctl.conf`. The folder need not exist.",
    },
  },
} satisfies Section;
