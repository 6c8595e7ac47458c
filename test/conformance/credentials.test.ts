import { expect } from "vitest";

import type { Answer } from "./support/answer.js";
import { behaviourOf } from "./support/behaviour.js";
import { isEncrypted } from "./support/columns.js";
import { conformance, type Case } from "./support/conformance.js";
import { nativeInput } from "./support/inputs.js";
import { identities, type Identity } from "./support/keys.js";
import { expectNativeResponse } from "./support/native.js";
import { startClient } from "./support/session.js";
import { expectRefusal } from "./support/shared-cases.js";

/** Identities that are refused, and AWS's error for each. */
const refused = [
  [
    "a wrong signature",
    identities.wrongSecret,
    "InvalidSignatureException",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
  ],
  [
    "an expired session",
    identities.expired,
    "ExpiredTokenException",
    "The security token included in the request is expired",
  ],
] as const;

/** Calls InvokeModel with another identity. */
async function askAs({ column, cria }: Case, identity: Identity): Promise<Answer> {
  const client = startClient(column, cria, identity);
  try {
    return await client.ask({ operation: "InvokeModel", input: nativeInput() });
  } finally {
    await client.close();
  }
}

conformance(
  "InvokeModel",
  (cases, column) => {
    const sendsApiKey = isEncrypted(column) || behaviourOf(column).sendsApiKeyUnencrypted;

    cases.both("refuses an unknown key", async (on) => {
      expectRefusal(
        await askAs(on, identities.unknown),
        403,
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
      );
    });

    for (const [who, identity, name, message] of refused) {
      cases.cria(`refuses ${who}`, {}, async (on) => {
        expectRefusal(await askAs(on, identity), 403, name, message);
        // SDKs don't retry these errors
        await on.cria.records(1);
      });
    }

    cases.cria("accepts an API key, if the SDK sends it", {}, async (on) => {
      const { output, error } = await askAs(on, identities.apiKey);
      await on.cria.records(sendsApiKey ? 1 : 0);
      if (sendsApiKey) expectNativeResponse(output?.body);
      else expect(error?.message).toMatch(/\bhttps\b/iu);
      on.observe("apiKey", sendsApiKey ? "sent" : "refused by the SDK: no TLS");
    });

    if (!sendsApiKey) return;
    cases.cria("refuses a wrong API key", {}, async (on) => {
      expectRefusal(
        await askAs(on, identities.wrongApiKey),
        403,
        "AccessDeniedException",
        "Authentication failed: Please make sure your API Key is valid.",
      );
    });
  },
  { name: "credentials" },
);
