export { sha256Of } from "@sluice/test-kit";
