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

/** Names of modules, in lower case and dotted where they are parts of others, that a function may import though they are not in its package. */
export function standInsFor(provided: readonly string[]): string[] {
  const named = provided.flatMap((name) => {
    const normal = name.toLowerCase().replace(/[-_.]+/g, "-");
    // Parts of a namespace are named with dots or without: google-cloud-storage, zope.interface.
    return [...(MODULES[normal] ?? []), normal.replaceAll("-", "_"), normal.replaceAll("-", ".")];
  });
  return [...new Set([...OF_RUNTIME, ...named])].sort();
}
