/** What a file operation gives; undefined where no such file, as where links lead round in a circle. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].some((code) => isErrno(error, code))) {
      return undefined;
    }
    throw error;
  }
}

/** Whether it is the operating system's error of that name. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
