export { readDocuments } from "./read-documents.js";
