import { splitMember } from "../value-types/hosts.ts";
import { type Check, check, type JointProblem, problemIf } from "./check.ts";

/** Each member has one name and one address, and all addresses are of one family, since each reaches all others. */
export const distinctMembers = check(["HOSTS"], ({ HOSTS }) => {
  const members = HOSTS.map(splitMember);
  const addresses = members.map(([, , address]) => address);
  return [
    ...repeated(members.map(([name]) => name)).map(
      (name): JointProblem => ({
        keys: ["HOSTS"],
        message: `${name} is listed twice; name each member once`,
      }),
    ),
    ...repeated(addresses).map(
      (address): JointProblem => ({
        keys: ["HOSTS"],
        message: `${address} is the address of two members; give each its own`,
      }),
    ),
    ...problemIf(
      addresses.some((address) => address.includes(":")) &&
        !addresses.every((address) => address.includes(":")),
      ["HOSTS"],
      () => "the members have addresses of IPv4 and of IPv6; give all an address of the same family",
    ),
  ];
});

/** Other keys name members as HOSTS does, each key in one part of its `A=B`. */
export const knownMembers = [memberNames("PLACE", 1), memberNames("HOST_WEIGHTS", 0)];

function memberNames(key: "PLACE" | "HOST_WEIGHTS", part: 0 | 1): Check {
  return check([key, "HOSTS"], (config) => {
    const names = config.HOSTS.map((text) => splitMember(text)[0]);
    const remedy = names.length === 0 ? "set HOSTS" : `choose from ${names.join(", ")}`;
    const pairs = config[key].map((text) => text.split("="));
    const unknown = pairs.flatMap((pair) => pair[part] ?? []).filter((name) => !names.includes(name));
    return [
      ...[...new Set(unknown)].map(
        (name): JointProblem => ({
          keys: [key, "HOSTS"],
          message: `${name} is not in HOSTS; ${remedy}`,
        }),
      ),
      ...repeated(pairs.flatMap(([first = ""]) => first)).map(
        (name): JointProblem => ({
          keys: [key],
          message: `${name} is listed twice; list it once`,
        }),
      ),
    ];
  });
}

/** Parts of the fabric that are placed have to exist. */
export const placedParts = check(["PLACE", "NUM_RACKS", "NUM_SPINES"], ({ PLACE, NUM_RACKS, NUM_SPINES }) =>
  PLACE.flatMap((text) => {
    const [part = ""] = text.split("=");
    const number = Number(/\d+$/.exec(part)?.[0] ?? 0);
    return problemIf(
      number > (part.startsWith("rack") ? NUM_RACKS : NUM_SPINES),
      ["PLACE"],
      () =>
        `unknown part: ${part} (choose from internet, spine1 to spine${NUM_SPINES}, rack1 to rack${NUM_RACKS})`,
    );
  }),
);

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
