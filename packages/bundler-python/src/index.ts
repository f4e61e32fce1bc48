export { bundlerPython } from "./bundler-python.ts";
export { type PythonTarget, pythonTarget } from "./target.ts";
