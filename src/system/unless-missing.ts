/** Returns the result of a file operation; undefined if there is no such file, or its symbolic links form a loop. */
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

/** Reports whether it is the operating system's error of that name. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
