import type { Change } from "./changes.ts";
import type { DesiredRoute } from "./desired.ts";
import type { DriftItem } from "./model/drift-item.ts";
import { formatRule } from "./model/firewall-rules.ts";
import { disableIpv6Path, forwardingPath, IP_FORWARD_PATH, IPV6_FORWARD_PATH } from "./model/kernel-files.ts";
import type { ObservedRoute } from "./model/observed.ts";

/** Describes the differences that a change corrects. One change of a device may correct several attributes. */
export function describeDrift(change: Change): readonly DriftItem[] {
  switch (change.kind) {
    case "add-device":
      return [{ item: `device ${change.device.name}`, expected: change.device.kind, observed: "missing" }];
    case "remove-device":
      return [{ item: `device ${change.name}`, expected: "none (unplanned)", observed: "present" }];
    case "replace-device":
    case "set-device":
      return change.wrong.map(({ name, expected, observed }) => ({
        item: `device ${change.device.name}: ${name}`,
        expected,
        observed,
      }));
    case "disable-ipv6":
      return [{ item: sysctlName(disableIpv6Path(change.name)), expected: "1", observed: "0" }];
    case "enable-ipv6":
      return [{ item: sysctlName(disableIpv6Path(change.name)), expected: "0", observed: "1" }];
    case "set-redirect":
      return [
        {
          item: `frames from ${change.redirect.from}`,
          expected: `leave by ${change.redirect.to}`,
          observed: change.observed === null ? "do not" : `leave by ${change.observed}`,
        },
      ];
    case "add-address":
      return [missing(`address ${change.address.address} on ${change.address.device}`)];
    case "remove-address":
      return [unplanned(`address ${change.address} on ${change.device}`)];
    case "add-route":
      return [missing(formatDesiredRoute(change.route))];
    case "remove-route":
      return [unplanned(formatObservedRoute(change.route))];
    case "add-rule":
      return [missing(formatRule(change.rule))];
    case "remove-rule":
      return [unplanned(formatRule(change.rule))];
    case "enable-forwarding":
      return [{ item: sysctlName(IP_FORWARD_PATH), expected: "1", observed: "0" }];
    case "enable-ipv6-forwarding":
      return [{ item: sysctlName(IPV6_FORWARD_PATH), expected: "1", observed: "0" }];
    case "enable-bridge-forwarding":
      return [{ item: sysctlName(forwardingPath(change.bridge)), expected: "1", observed: "0" }];
    case "write-manager-file":
      return [
        {
          item: `file ${change.file.path}`,
          expected: "present",
          observed: change.missing ? "missing" : "different",
        },
      ];
    case "remove-manager-file":
      return [unplanned(`file ${change.path}`)];
  }
}

function missing(item: string): DriftItem {
  return { item, expected: "present", observed: "missing" };
}

function unplanned(item: string): DriftItem {
  return { item, expected: "none (unplanned)", observed: "present" };
}

function sysctlName(path: string): string {
  return path.replace("/proc/sys/", "").replaceAll("/", ".");
}

function formatDesiredRoute({ prefix, gateway, device, source }: DesiredRoute): string {
  return `route ${prefix} via ${gateway} dev ${device} src ${source}`;
}

function formatObservedRoute({ destination, gateway, devices }: ObservedRoute): string {
  return `route ${destination} via ${gateway ?? "none"} dev ${devices.join(", ") || "none"}`;
}
