import { describe, expect, it } from "vitest";

import { InvalidFaultError, operationNames, parseFault, type Fault } from "../../../src/server/index.js";

const read = (text: string) => parseFault(text, operationNames);

describe("parseFault", () => {
  it.each<[string, Fault]>([
    ["ThrottlingException", { kind: "ThrottlingException" }],
    ["throttlingexception, count=2", { kind: "ThrottlingException", count: 2 }],
    [
      "ModelErrorException,operation=invokemodel,rate=0.25,after=0",
      { kind: "ModelErrorException", operation: "InvokeModel", rate: 0.25, after: 0 },
    ],
    ["slow,ms=0", { kind: "slow", ms: 0 }],
    ["stall,after=3", { kind: "stall", after: 3 }],
    ["cut,rate=1", { kind: "cut", rate: 1 }],
    [
      "ValidationException,count=1,message=First, second=2, third",
      { kind: "ValidationException", count: 1, message: "First, second=2, third" },
    ],
    [
      'ValidationException,message="First, after=3"',
      { kind: "ValidationException", message: "First, after=3" },
    ],
    ["ValidationException,message=", { kind: "ValidationException", message: "" }],
    ['ValidationException,message="', { kind: "ValidationException", message: '"' }],
  ])("reads %s", (text, fault) => {
    expect(read(text)).toEqual(fault);
  });

  it.each([
    ["", "the kind must be one of AccessDeniedException, "],
    ["Throttling", "the kind must be one of"],
    ["ExpiredTokenException", "the kind must be one of"],
    ["UnrecognizedClientException", "the kind must be one of"],
    ["toString", "the kind must be one of"],
    ["cut,", "the settings are"],
    ["cut,toString=1", "the settings are"],
    ["cut,count", "count= must be a whole number"],
    ["cut,count=0", "count= must be a whole number from 1 to"],
    ["cut,count=1.5", "count= must be a whole number"],
    ["cut,count=1=2", "count= must be a whole number"],
    ["cut,count=0x10", "count= must be a whole number"],
    ["cut,after=-1", "after= must be a whole number from 0 to"],
    ["cut,rate=0", "rate= must be a number above 0 and up to 1"],
    ["cut,rate=1.01", "rate= must be a number above 0 and up to 1"],
    ["cut,rate=", "rate= must be a number above 0"],
    ["cut,rate=0.5,rate=0.6", "rate= is given twice"],
    ["cut,operation=Health", "operation= must be one of InvokeModel, "],
    ["cut,ms=5", "only slow takes ms="],
    ["slow,ms=3600001", "ms= must be a whole number from 0 to 3600000"],
    ["stall,message=Hm", "stall takes no message="],
    ["ModelStreamErrorException,message=a,after=3", "Put after= before it"],
    ["ModelStreamErrorException,message=a, rate=0.5,count=1", "Put rate= before it"],
    ["ThrottlingException,message=a,operation=Converse", "Put operation= before it"],
    ["ThrottlingException,message=a,count=x", "the message in double quotes"],
    ["slow,message=a,ms=5", "slow takes no message="],
    ["ThrottlingException,message=a,message=b", "Put message= before it"],
  ])("refuses %j and says what is allowed", (text, expected) => {
    const refused = () => read(text);
    expect(refused).toThrow(InvalidFaultError);
    expect(refused).toThrow(expected);
    expect(refused).toThrow(`"${text}"`);
  });
});
