import type { MissingRequirement } from "../../errors.ts";

/** Result of one check of the host. */
export interface Finding {
  /** Subject of the check, in a word or two. */
  readonly name: string;
  readonly status: "found" | "missing" | "optional-missing";
  /** Description of the item found, or of the problem. */
  readonly detail: string;
  /** Reason why the emulator needs it. */
  readonly why: string;
  /** The package, command or setting that supplies it. */
  readonly fix: string;
}

/** Converts a finding to the form of a preflight. */
export function toMissing({ name, detail, why, fix }: Finding): MissingRequirement {
  return { what: `${name}: ${detail}`, why, fix };
}

/** Converts a preflight's requirement to a finding of the doctor. */
export function toFinding(
  name: string,
  { what, why, fix }: MissingRequirement,
  status: Finding["status"] = "missing",
): Finding {
  return { name, status, detail: what, why, fix };
}

/** Subject and reason of a check, without its result. */
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

/** Returns the finding of a check for which this user lacks the permission. */
export function untold(requirement: Requirement): Finding {
  return optionalMissing(requirement, "unknown: requires root");
}
