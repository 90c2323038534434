import { hostWeight, member, placement, poolName, projectName, vniStart } from "../value-types/hosts.ts";
import { listOf } from "../value-types/lists.ts";
import { wholeNumber } from "../value-types/numbers.ts";
import { httpsUrl } from "../value-types/places.ts";
import type { Section } from "./key-spec.ts";

export const hosts = {
  title: "Several hosts",
  intro:
    "Switches can run on several hosts, the members of an Incus or LXD cluster. Links between members go through " +
    "VXLAN. See docs/hosts.md.",
  keys: {
    HOSTS: {
      type: listOf(
        "a list of MEMBER=ADDRESS or MEMBER=USER@ADDRESS, separated by commas or blanks, such as alpha=10.0.0.1",
        member,
      ),
      default: "",
      help: "Members that switches run on: name in the cluster, and address on the network between the members.",
      hint: "ssh logs in at that address as root, or as USER. Empty: all switches run on this host.",
    },
    PLACE: {
      type: listOf("a list of PART=MEMBER, separated by commas or blanks, such as rack1=alpha", placement),
      default: "",
      help: "Members of racks, spines and the internet router: rack1=alpha, spine1=beta, internet=alpha.",
      hint: "Those not listed: racks and spines take the members in turn, the internet router the first one. A rack's servers are where its leaves are.",
    },
    HOST_WEIGHTS: {
      type: listOf("a list of MEMBER=WEIGHT, separated by commas or blanks, such as alpha=2", hostWeight),
      default: "",
      help: "Shares of the members of what is placed by load: alpha=2 takes twice as much as one that is not listed.",
      hint: "0: none.",
    },
    VXLAN_VNI_START: {
      type: vniStart,
      default: "auto",
      help: "VNI of the first link. Link N has this number plus N, if its ends are on two members.",
      hint: "auto: a range that follows from the fabric's folders. Fabrics that share a member need different ranges.",
    },
    VXLAN_PORT: {
      type: wholeNumber(1024, 65_535),
      default: "14789",
      help: "UDP port of VXLAN. Firewalls between the members must let it pass.",
    },
    INCUS_URL: {
      type: listOf(
        "a list of https:// URLs, separated by commas or blanks, such as https://10.0.0.1:8443",
        httpsUrl,
      ),
      default: "",
      help: "API of the Incus or LXD cluster. Several members may be listed: the first that answers is used.",
    },
    INCUS_PROJECT: {
      type: projectName,
      default: "ikvswitch",
      help: "Project of the cluster that has the switches.",
    },
    INCUS_POOL: {
      type: poolName,
      default: "default",
      help: "Storage pool of the cluster that has the switches' root folders.",
    },
  },
} satisfies Section;
