/**
 * Modules of the runtime's `/var/runtime`: boto3 and what it needs (AWS Lambda Developer Guide, "Building Lambda functions with
 * Python", runtime-included SDK), and the runtime interface client.
 */
const OF_RUNTIME = [
  "boto3",
  "botocore",
  "s3transfer",
  "jmespath",
  "dateutil",
  "six",
  "urllib3",
  "awslambdaric",
  "snapshot_restore_py",
];

/** In the runtimes from Python 3.13 on (the same guide, "Supported runtimes for durable functions"). */
const OF_NEWER_RUNTIMES = ["aws_durable_execution_sdk_python"];

/** Modules whose packages have other names. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  beautifulsoup4: ["bs4"],
  "google-api-python-client": ["googleapiclient"],
  mysqlclient: ["mysqldb"],
  "opencv-python": ["cv2"],
  "opencv-python-headless": ["cv2"],
  pillow: ["pil"],
  "psycopg2-binary": ["psycopg2"],
  pycryptodome: ["crypto"],
  pyjwt: ["jwt"],
  "python-dateutil": ["dateutil"],
  "python-dotenv": ["dotenv"],
  "python-jose": ["jose"],
  pyyaml: ["yaml", "_yaml"],
  "scikit-image": ["skimage"],
  "scikit-learn": ["sklearn"],
};

/**
 * Names of modules, in lower case and dotted where they are parts of others, that a function may import though they are not in its package.
 *
 * @param minor - minor version of the function's Python
 */
export function standInsFor(provided: readonly string[], minor: number): string[] {
  const named = provided.flatMap((name) => {
    const normal = name.toLowerCase().replace(/[-_.]+/g, "-");
    // Parts of a namespace are named with dots or without: google-cloud-storage, zope.interface.
    return [...(MODULES[normal] ?? []), normal.replaceAll("-", "_"), normal.replaceAll("-", ".")];
  });
  const ofRuntime = minor >= 13 ? [...OF_RUNTIME, ...OF_NEWER_RUNTIMES] : OF_RUNTIME;
  return [...new Set([...ofRuntime, ...named])].sort();
}
