export { type IndexedFile, type IndexOptions, startIndex, type TestIndex } from "@sluice/test-kit";
