import type { JsonObject } from "../parse-json.js";

/** A union of the API model: exactly one of its members must be set. */
export interface Union<T extends string> {
  /** Its name in the API model. */
  readonly shape: string;
  readonly members: readonly T[];
}

/** A union of which not exactly one member is set. */
export interface MisusedUnion extends Union<string> {
  readonly set: "none" | "several";
}

/** The members that are set. Members that the API doesn't have don't count: Coral drops them. */
export function setMembers<T extends string>(object: JsonObject, { members }: Union<T>): T[] {
  return members.filter((name) => Object.hasOwn(object, name) && object[name] !== null);
}

/** The one member that is set. @param set - as {@link setMembers} returns them */
export function onlyMember<T extends string>(union: Union<T>, set: readonly T[]): T | MisusedUnion {
  const [member] = set;
  if (member === undefined) return { ...union, set: "none" };
  return set.length === 1 ? member : { ...union, set: "several" };
}
