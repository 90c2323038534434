/** Waits for work. If it fails, reports the state that it leaves to the user, before the error. */
export async function tellOnFailure<T>(
  tell: (text: string) => void,
  standing: string,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    tell(standing);
    throw error;
  }
}
