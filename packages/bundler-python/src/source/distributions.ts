/** Modules whose distribution on PyPI has another name, and those that are taken for another. */
const DISTRIBUTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    attr: "attrs",
    aws_durable_execution_sdk_python: "aws-durable-execution-sdk-python",
    aws_lambda_powertools: "aws-lambda-powertools",
    aws_xray_sdk: "aws-xray-sdk",
    bs4: "beautifulsoup4",
    Crypto: "pycryptodome",
    Cryptodome: "pycryptodomex",
    cv2: "opencv-python-headless",
    dateutil: "python-dateutil",
    dns: "dnspython",
    docx: "python-docx",
    dotenv: "python-dotenv",
    faiss: "faiss-cpu",
    fitz: "PyMuPDF",
    git: "GitPython",
    "google.api_core": "google-api-core",
    "google.auth": "google-auth",
    "google.cloud.bigquery": "google-cloud-bigquery",
    "google.cloud.firestore": "google-cloud-firestore",
    "google.cloud.pubsub": "google-cloud-pubsub",
    "google.cloud.pubsub_v1": "google-cloud-pubsub",
    "google.cloud.secretmanager": "google-cloud-secret-manager",
    "google.cloud.storage": "google-cloud-storage",
    "google.generativeai": "google-generativeai",
    "google.genai": "google-genai",
    "google.oauth2": "google-auth",
    "google.protobuf": "protobuf",
    googleapiclient: "google-api-python-client",
    grpc: "grpcio",
    jose: "python-jose",
    jwt: "PyJWT",
    kafka: "kafka-python",
    ldap: "python-ldap",
    magic: "python-magic",
    MySQLdb: "mysqlclient",
    mysql: "mysql-connector-python",
    nacl: "PyNaCl",
    OpenSSL: "pyOpenSSL",
    PIL: "pillow",
    pkg_resources: "setuptools",
    pptx: "python-pptx",
    psycopg2: "psycopg2-binary",
    psycopg: "psycopg[binary]",
    pymupdf: "PyMuPDF",
    pythonjsonlogger: "python-json-logger",
    requests_aws4auth: "requests-aws4auth",
    ruamel: "ruamel.yaml",
    serial: "pyserial",
    skimage: "scikit-image",
    sklearn: "scikit-learn",
    slugify: "python-slugify",
    socks: "PySocks",
    telegram: "python-telegram-bot",
    usb: "pyusb",
    websocket: "websocket-client",
    win32api: "pywin32",
    yaml: "PyYAML",
    zmq: "pyzmq",
  }),
);

/** What follows modules that left the standard library, on PyPI ("PEP 594 – Removing dead batteries", and their forks). */
const SUCCESSORS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    audioop: "audioop-lts",
    asynchat: "pyasynchat",
    asyncore: "pyasyncore",
    cgi: "legacy-cgi",
    cgitb: "legacy-cgi",
    distutils: "setuptools",
  }),
);

const STANDARD_FORKS: ReadonlySet<string> = new Set(
  "aifc chunk imghdr mailcap nntplib pipes sndhdr sunau telnetlib uu xdrlib".split(" "),
);

/** Name on PyPI of what has a module: the longest part of its name that is known, else its first part, as most have it. */
export function distributionOf(module: string): string {
  const parts = module.split(".");
  for (let length = parts.length; length > 0; length--) {
    const known = DISTRIBUTIONS.get(parts.slice(0, length).join("."));
    if (known !== undefined) return known;
  }
  return parts[0] === "google" ? parts.slice(0, 3).join("-").replaceAll("_", "-") : (parts[0] ?? module);
}

/** Name on PyPI of what replaces a module that left the standard library; `null` when nothing does. */
export function successorOf(module: string): string | null {
  return SUCCESSORS.get(module) ?? (STANDARD_FORKS.has(module) ? `standard-${module}` : null);
}
