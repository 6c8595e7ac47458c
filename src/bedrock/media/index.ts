export { type FileType, fileType, isOfFormat } from "./file-type.js";
export { readImageHeader } from "./image-header.js";
