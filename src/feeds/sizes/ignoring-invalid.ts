import { MlkitError } from '../../errors.ts';

/** What `compute` returns, or null where the model is broken or its data is missing. */
export function ignoringInvalid<Result>(compute: () => Result | null): Result | null {
  try {
    return compute();
  } catch (error) {
    if (error instanceof MlkitError) return null;
    throw error;
  }
}
