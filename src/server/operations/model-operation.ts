import type { LlamaModel } from "../../bedrock/index.js";
import { findModel, type ModelUse } from "../generation/index.js";
import { AmazonBedrock, passThrough } from "../passthrough/index.js";
import type { Reply } from "../reply.js";
import type { ServerRequest } from "../request.js";
import type { Services } from "../services.js";
import { askInOrder } from "../upstreams/index.js";
import type { Operation } from "./operation.js";

/** An operation on a model, which its path names. */
export interface ModelOperation extends ModelUse, Pick<Operation, "name" | "path"> {
  /** Answers with an engine of `services.fleet`. Everything that follows the check of the model is checked here. */
  answer(request: ServerRequest, services: Services, model: LlamaModel): Promise<Reply>;
}

/** Makes an operation that finds its model, and who answers for it: this machine's engines, another server, or Amazon, which gets the request as it is. */
export function modelOperation(operation: ModelOperation): Operation {
  const { name, path } = operation;
  return {
    name,
    path,
    method: "POST",
    async run(request, services) {
      // check: model
      const model = await findModel(request, services, operation);
      const upstreams = services.upstreams.get(model.id);
      if (!upstreams) return operation.answer(request, services, model);
      // as SDKs write it: users of curl don't encode the slashes of an ARN
      const passedPath = path.replace(":id", () => encodeURIComponent(request.resource));
      const passesOn = upstreams.length > 1;
      return askInOrder(upstreams, request, (upstream, isLast) =>
        upstream instanceof AmazonBedrock
          ? passThrough(request, upstream, { path: passedPath, replaceable: !isLast })
          : operation.answer(request, { ...services, fleet: upstream, passesOn }, model),
      );
    },
  };
}
