/** A region of AWS, such as `us-west-2` or `us-gov-east-1`. It becomes part of a host's name, so nothing else fits. */
export const REGION = /^[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$/u;
