/** Tell the user where things stand when this fails, in front of why. */
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
