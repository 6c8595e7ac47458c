import fc from "fast-check";

/** Texts that often cause errors in programs. */
export const weirdText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom(
    "",
    " ",
    "\0",
    "\r\n",
    "\ufeff",
    "null",
    "__proto__",
    "constructor",
    "../..",
    "%00",
    "[INST]",
    "<s>",
  ),
  fc.constantFrom(
    "<|eot_id|>",
    "<|start_header_id|>system<|end_header_id|>",
    "<<SYS>>",
    "{{bos_token}}",
    "{% for",
  ),
  fc
    .constantFrom("x", "\u{1F999}", "\\ud800", '"', "\n", "</s>")
    .chain((unit) => fc.constantFrom(100, 5_000, 60_000).map((length) => unit.repeat(length))),
  // a lone surrogate
  fc.constantFrom("\ud800", "a\udc00b", "\udbff\udbff"),
);

/** Numbers that JSON allows, far beyond the range of any type. */
const weirdNumber = fc.oneof(
  fc.double().map(String),
  fc.constantFrom(
    "0",
    "-0",
    "1e999",
    "-1e999",
    "1e-999",
    "9007199254740993",
    "1.0",
    "0.1e1",
    "2147483648",
    "1e400",
  ),
);

const deep = fc
  .tuple(fc.constantFrom(["[", "]"], ['{"a":', "}"]), fc.constantFrom(10, 1_000, 30_000))
  .map(([[open = "", close = ""], depth]) => `${open.repeat(depth)}1${close.repeat(depth)}`);

const many = fc
  .tuple(
    fc.constantFrom("{}", "[]", "null", '""', '{"text":"a"}', '{"role":"user"}'),
    fc.constantFrom(3, 500, 10_000),
  )
  .map(([unit, count]) => `[${Array<string>(count).fill(unit).join(",")}]`);

/** A JSON value as text: random or hostile; sometimes not quite valid JSON. */
export const weirdJson: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.json({ maxDepth: 3 }), weight: 3 },
  { arbitrary: weirdText.map((text) => JSON.stringify(text)), weight: 3 },
  { arbitrary: weirdNumber, weight: 2 },
  {
    arbitrary: fc.constantFrom("null", "true", "{}", "[]", '"a"', "NaN", "01", "'a'", "[1,]", '"\\ud800"'),
    weight: 2,
  },
  { arbitrary: deep, weight: 1 },
  { arbitrary: many, weight: 1 },
);
