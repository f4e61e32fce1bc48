export { type PythonTarget, pythonTarget } from "./target.ts";
