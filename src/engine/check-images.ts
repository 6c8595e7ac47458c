import type { EngineCapabilities, GenerateRequest } from "./engine.js";
import { EngineImagesError } from "./errors.js";

/**
 * Refuses images that an engine doesn't take, so that none is ever dropped in silence.
 *
 * @throws {EngineImagesError}
 */
export function checkImages(
  capabilities: EngineCapabilities,
  { images }: Pick<GenerateRequest, "images">,
): void {
  if (images && images.length > 0 && !capabilities.images) throw new EngineImagesError(images.length);
}
