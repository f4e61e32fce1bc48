import { version } from "../package.json";

/**
 * The package version that this code was built as. The bundler keeps this one field of package.json; the commit stays
 * out, so that equal code is an equal artifact.
 */
export const packageVersion: string = version;
