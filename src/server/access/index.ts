export { acceptAnyone, type Authenticator, type AuthMode, authModeFor } from "./authenticator.js";
export { createKeyAuthenticator } from "./key-authenticator.js";
export { defaultKeyFile } from "./key-file.js";
export { openKeys } from "./key-source.js";
export { createKey, type ListedKey, listKeys, removeKeys } from "./manage-keys.js";
