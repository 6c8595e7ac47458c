// How a refusal is known, in the words of the table.
export const DOCUMENTED = "documented";
export const QUOTED = "quoted";
export const QUOTED_OF_OTHERS = "quoted of other models";
export const INFERRED = "inferred";
/** The API model's constraint is documented; the form of the message is quoted. */
export const CONSTRAINT = "constraint documented, form quoted";

/** The message of one violated constraint. */
export function violation(value, at, must) {
  const shown = value === undefined ? "" : value === null ? " null" : ` '${value}'`;
  return {
    message: `1 validation error detected: Value${shown} at '${at}' failed to satisfy constraint: Member must ${must}`,
    known: CONSTRAINT,
  };
}

/** A field that the model doesn't have. */
export function noField(field, known) {
  return { message: `This model doesn't support the ${field} field. Remove ${field} and try again.`, known };
}

export const OPTIMIZED_MODEL = "us.meta.llama3-1-70b-instruct-v1:0";
