/**
 * Whether one of Sluice's plugins asks esbuild while it decides: each marks its questions with a symbol. A plugin that answered
 * another's by a question of its own would be asked that in turn, and so on without an end.
 *
 * @param pluginData - of the arguments of an `onResolve` callback
 */
export function isOwnQuestion(pluginData: unknown): boolean {
  return typeof pluginData === "symbol";
}
