/**
 * `work`, or a rejection with `onLate()` after `ms`. The work itself goes on; its later outcome
 * is dropped.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  ms: number,
  onLate: () => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(onLate()), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
