export { bundlerPython } from "./bundler-python.ts";
export type { Examined, PythonTools } from "./examine/examine-tools.ts";
export { examineTools, likelyHandler } from "./late.ts";
export { pythonLayers } from "./layers/python-layers.ts";
export { type PythonTarget, pythonTarget } from "./target.ts";
