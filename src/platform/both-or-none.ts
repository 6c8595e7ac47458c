/**
 * Does two things at once. If one fails, the other is aborted, and has ended when this throws: nothing is written any more then.
 *
 * @param signal - aborts both
 * @throws what the first that fails throws
 */
export async function bothOrNone<A, B>(
  signal: AbortSignal,
  one: (signal: AbortSignal) => Promise<A>,
  other: (signal: AbortSignal) => Promise<B>,
): Promise<[A, B]> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const works = [one(either), other(either)] as const;
  try {
    return await Promise.all(works);
  } catch (error) {
    failed.abort(error);
    await Promise.allSettled(works);
    throw error;
  }
}
