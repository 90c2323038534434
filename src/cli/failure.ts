/** Kinds of failures, for programs that read them. */
export type FailureKind =
  | "configuration"
  | "usage"
  | "not-running"
  | "requirements"
  | "command"
  | "file"
  | "timeout"
  | "members"
  | "system"
  | "interrupted"
  | "bug";

/** A failure as the user is told of it. */
export interface Failure {
  readonly kind: FailureKind;
  readonly text: string;
  /** A command, or what else to do, if it is known. */
  readonly fix?: string | undefined;
  readonly exitCode: number;
}
