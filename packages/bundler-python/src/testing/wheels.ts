export { type MadeWheel, makeWheel, type WheelContent } from "@sluice/test-kit";
