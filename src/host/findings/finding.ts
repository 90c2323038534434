import type { MissingRequirement } from "../../errors.ts";

/** What one check of the machine came to. */
export interface Finding {
  /** What was looked for, in a word or two. */
  readonly name: string;
  readonly status: "found" | "missing" | "optional-missing";
  /** What was found, or what is wrong. */
  readonly detail: string;
  /** What the emulator needs it for. */
  readonly why: string;
  /** The package, command or setting that supplies it. */
  readonly fix: string;
}

/** As a preflight tells it. */
export function toMissing({ name, detail, why, fix }: Finding): MissingRequirement {
  return { what: `${name}: ${detail}`, why, fix };
}

/** What a preflight tells, as the doctor does. */
export function toFinding(
  name: string,
  { what, why, fix }: MissingRequirement,
  status: Finding["status"] = "missing",
): Finding {
  return { name, status, detail: what, why, fix };
}

/** What is looked for and why, before it is known whether it is there. */
export type Requirement = Pick<Finding, "name" | "why" | "fix">;

export function found(requirement: Requirement, detail: string): Finding {
  return { ...requirement, status: "found", detail };
}

export function missing(requirement: Requirement, detail: string): Finding {
  return { ...requirement, status: "missing", detail };
}

export function optionalMissing(requirement: Requirement, detail: string): Finding {
  return { ...requirement, status: "optional-missing", detail };
}

/** What can only be found out by trying what this user may not do. */
export function untold(requirement: Requirement): Finding {
  return optionalMissing(requirement, "unknown: requires root");
}
