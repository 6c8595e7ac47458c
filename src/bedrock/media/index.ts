export { type FileType, fileType, isOfFormat } from "./file-type.js";
export { type ImageHeader, readImageHeader } from "./image-header.js";
