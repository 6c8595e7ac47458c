/** One message (frame) of an `application/vnd.amazon.eventstream` body. */
export interface Message {
  /** The headers by name, in the order of the wire. Names are unique. */
  readonly headers: MessageHeaders;
  /** The payload, which may be empty. */
  readonly body: Uint8Array;
}

/** A message's headers by name. */
export type MessageHeaders = ReadonlyMap<string, HeaderValue>;

/**
 * A header's typed value. The type names are those of the AWS SDK for JavaScript, so that the SDK accepts a value as it is; only
 * `long` differs, which is a `bigint` here. On the wire, `boolean` is two types, true and false.
 */
export type HeaderValue =
  | {
      readonly type: "boolean";
      /** True or false. */
      readonly value: boolean;
    }
  | {
      readonly type: "byte";
      /** -128 … 127 */
      readonly value: number;
    }
  | {
      readonly type: "short";
      /** -32,768 … 32,767 */
      readonly value: number;
    }
  | {
      readonly type: "integer";
      /** -2³¹ … 2³¹-1 */
      readonly value: number;
    }
  | {
      readonly type: "long";
      /** -2⁶³ … 2⁶³-1 */
      readonly value: bigint;
    }
  | {
      readonly type: "binary";
      /** At most 32,767 bytes. */
      readonly value: Uint8Array;
    }
  | {
      readonly type: "string";
      /** At most 32,767 bytes as UTF-8. */
      readonly value: string;
    }
  | {
      readonly type: "timestamp";
      /** Whole milliseconds. */
      readonly value: Date;
    }
  | {
      readonly type: "uuid";
      /** `8-4-4-4-12` hexadecimal digits; lower case when decoded. */
      readonly value: string;
    };

/** The type byte before a header's value on the wire. */
export const HeaderType = {
  true: 0,
  false: 1,
  byte: 2,
  short: 3,
  integer: 4,
  long: 5,
  binary: 6,
  string: 7,
  timestamp: 8,
  uuid: 9,
} as const;
