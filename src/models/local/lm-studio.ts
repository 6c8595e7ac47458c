import { join } from "node:path";

import { MAX_STORED_FILES, type StoredFile } from "./stored-file.js";
import { userHome } from "./user-home.js";
import { isFirstPart, walk } from "./walk.js";

/** Where LM Studio keeps models, today and before 2025. */
const FOLDERS = [
  [".lmstudio", "models"],
  [".cache", "lm-studio", "models"],
];

/** The GGUFs in LM Studio's folders, which are laid out as the hub's repositories: `OWNER/NAME/FILE`. */
export async function lmStudioFiles(env: NodeJS.ProcessEnv): Promise<StoredFile[]> {
  const found = await Promise.all(
    FOLDERS.map(async (names) => {
      const folder = join(userHome(env), ...names);
      return { folder, files: await walk(folder, 4, MAX_STORED_FILES) };
    }),
  );
  return found.flatMap(({ folder, files }) =>
    files.flatMap((names) => {
      const [owner, name] = names;
      if (owner === undefined || name === undefined || names.length < 3) return [];
      if (!isFirstPart(names.at(-1) ?? "")) return [];
      return [{ store: "lm-studio", path: join(folder, ...names), repository: `${owner}/${name}` } as const];
    }),
  );
}
