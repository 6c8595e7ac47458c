import { UpstreamModelError } from "../errors.js";
import { detectDialect } from "./detect.js";
import type { Ask, Dialect, DialectName, ServedModel } from "./dialect.js";
import { dialects } from "./dialects/index.js";
import type { Upstream } from "./upstream.js";

/** What is known of a server once it has answered. */
export interface Server {
  readonly dialect: Dialect;
  readonly model: ServedModel;
}

/** What a server needn't be asked, since whoever runs Cria has said it. */
export interface Named {
  /** The model's name at the server. @default the only one that the server has */
  readonly model?: string | undefined;
  /** What kind of server it is. @default the server is asked */
  readonly dialect?: DialectName | undefined;
  /** Whether its model sees images. @default the server is asked; one that can't tell is tried, if it refuses images that it can't see */
  readonly vision?: boolean | undefined;
}

/**
 * Asks a server what it is, and which model it has.
 *
 * @param upstream - the server, for the error
 * @param known - what it was a moment ago: whether the same model sees needn't be asked again
 * @throws {UpstreamModelError} it has several models and none was named, not the one that was, or no list of models.
 * @throws {EngineUnavailableError} {@link EngineBusyError} {@link RefusedError}
 */
export async function identify(
  ask: Ask,
  upstream: Pick<Upstream, "host" | "pathOf">,
  named: Named,
  known?: Server,
): Promise<Server> {
  const dialect = named.dialect ? dialects[named.dialect] : await detectDialect(ask);
  const models = await dialect.models(ask);
  const wanted = named.model;
  const { host } = upstream;
  if (!models) throw new UpstreamModelError(host, [], wanted, upstream.pathOf(dialect.modelsPath));
  const model = wanted === undefined ? models[0] : models.find(({ name }) => name === wanted);
  if (!model || (wanted === undefined && models.length > 1)) {
    const names = models.map(({ name }) => name);
    throw new UpstreamModelError(host, names, wanted);
  }
  const isKnown = known?.dialect === dialect && known.model.name === model.name;
  const sees = () => (isKnown ? known.model.vision : dialect.sees?.(ask, model.name));
  const vision = named.vision ?? model.vision ?? (await sees());
  return { dialect, model: { ...model, vision } };
}
