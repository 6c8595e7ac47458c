import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { holdLocalServer } from "./local-server.js";
import type { LlamaCallOptions } from "./options.js";

/** An SDK client for one call. */
export interface Connection {
  readonly client: BedrockRuntimeClient;
  /** Call it when the call is over. */
  release(): void;
}

/** The SDK needs a region; outside AWS its value has no effect. */
const DEFAULT_REGION = "us-east-1";

/** One client for each region, so that credentials are looked up once and not at every call. */
const awsClients = new Map<string | undefined, BedrockRuntimeClient>();

/** Connects to the target that `options.on` names; starts the local server if needed. */
export async function connect({ on = "local", region, signal }: LlamaCallOptions): Promise<Connection> {
  if (on === "aws") return { client: await awsClient(region), release: () => undefined };
  if (on === "local") {
    const server = await holdLocalServer(signal);
    const client = await endpointClient(server.url, region);
    return {
      client,
      release() {
        client.destroy();
        server.release();
      },
    };
  }
  const endpoint = typeof on === "string" ? on : on instanceof URL ? on.href : on.url;
  const client = await endpointClient(endpoint, region);
  return { client, release: () => client.destroy() };
}

async function awsClient(region: string | undefined): Promise<BedrockRuntimeClient> {
  const { BedrockRuntimeClient } = await importSdk();
  const known = awsClients.get(region);
  if (known) return known;
  const client = new BedrockRuntimeClient(region === undefined ? {} : { region });
  awsClients.set(region, client);
  return client;
}

/** A client that neither reads nor sends real credentials, since the endpoint isn't AWS. */
async function endpointClient(endpoint: string, region = DEFAULT_REGION): Promise<BedrockRuntimeClient> {
  const { BedrockRuntimeClient } = await importSdk();
  return new BedrockRuntimeClient({
    endpoint,
    region,
    // the SDK refuses an endpoint beside either, and reads both from variables and the shared files
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    credentials: { accessKeyId: "cria", secretAccessKey: "cria" },
    // without this the SDK would send AWS_BEARER_TOKEN_BEDROCK, a real key, to this endpoint
    authSchemePreference: ["aws.auth#sigv4"],
  });
}

/** Imports the SDK at the first call, so that `import "cria"` alone stays fast. */
export function importSdk(): Promise<typeof import("@aws-sdk/client-bedrock-runtime")> {
  return import("@aws-sdk/client-bedrock-runtime");
}
