export { readDocument } from "./document-block.js";
export {
  documentTypeUnread,
  documentUnreadable,
  modelRefusesImages,
  pdfInvalid,
  pdfLocked,
} from "./exceptions.js";
export { readImage } from "./image-block.js";
export { checkMedia, imagesOf } from "./media-rules.js";
