import { MlkitError } from '../../errors.ts';

/**
 * What a rule says, or null where an attribute is of a wrong type, for which accessors throw: that is
 * for another check to report.
 */
export function ignoringInvalid<Answer>(ask: () => Answer): Answer | null {
  try {
    return ask();
  } catch (error) {
    if (error instanceof MlkitError) return null;
    throw error;
  }
}
