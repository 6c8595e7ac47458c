import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import type { Lock } from "../../../../src/engine/llama-cpp/install/lock.js";
import { emptyFolder } from "../../../support/folder.js";
import { listen } from "../../../models/support/hub-server.js";

/** What the registry says of a package whose bytes it has changed. */
export type Answer = "known checksum" | "own checksum" | "no checksum";

/**
 * Starts a registry of npm that has every package of a lock, in other bytes.
 *
 * @returns the environment that makes npm use it, with an empty cache, and which paths were asked for
 */
export async function startRegistry(lock: Lock, answer: Answer) {
  const asked: string[] = [];
  const folder = await emptyFolder();
  const url = await listen((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    asked.push(path);
    const found = Object.entries(lock.packages).filter(([place]) => place.endsWith(`node_modules/${path}`));
    if (path.endsWith(".tgz")) response.end(tarball(path));
    else if (found.length === 0) response.writeHead(404).end("{}");
    else {
      const versions = found.map(([, { version = "", integrity = "" }]) => {
        const file = `${path}-${version}.tgz`;
        const own = `sha512-${createHash("sha512").update(tarball(file)).digest("base64")}`;
        const said = { "known checksum": integrity, "own checksum": own, "no checksum": undefined }[answer];
        return [
          version,
          { name: path, version, dist: { tarball: `${url}/${file}`, integrity: said } },
        ] as const;
      });
      response.end(JSON.stringify({ name: path, "dist-tags": {}, versions: Object.fromEntries(versions) }));
    }
  });
  const { PATH, SystemRoot, npm_execpath } = process.env;
  const env: NodeJS.ProcessEnv = {
    ...{ PATH, SystemRoot, npm_execpath },
    ...{ HOME: folder, USERPROFILE: folder, APPDATA: folder, LOCALAPPDATA: folder },
    npm_config_registry: url,
    npm_config_cache: join(folder, "cache"),
    npm_config_userconfig: join(folder, "npmrc"),
    npm_config_globalconfig: join(folder, "globalnpmrc"),
    npm_config_fetch_retries: "0",
  };
  return { env, asked: () => asked };
}

/** A package with one file, which would do harm. */
function tarball(name: string): Buffer {
  const content = Buffer.from(JSON.stringify({ name, scripts: { install: "exit 1" } }));
  const header = Buffer.alloc(512);
  header.write("package/package.json", 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0" + "00", 257);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return gzipSync(Buffer.concat([header, content, padding, Buffer.alloc(1024)]));
}
