import { isNeverPacked } from "@sluice/artifact";

/** Folders that tools make, and those of tests: nothing below them goes along unless an import reaches it. */
const FOLDERS =
  /^(?:__pycache__|node_modules|\.git|\.sluice|\.venv|\.?(?:mypy|pytest|ruff)_cache|\.tox|\.nox|\.eggs|\.hypothesis|\.ipynb_checkpoints|\.idea|\.vscode|\.github|\.aws-sam|cdk\.out|\.terraform|\.serverless|htmlcov|tests?|.*\.egg-info|.*\.dist-info)$/;

/** What belongs to tests, packaging and tools. */
const FILES: readonly RegExp[] = [
  /\.(?:pyc|pyo|pyi|egg-link)$/,
  /^(?:conftest|setup|noxfile|fabfile)\.py$/,
  /^test_.*\.py$|_test\.py$/,
  /^(?:(?:dev-?)?requirements.*|constraints.*)\.(?:txt|in)$/i,
  /^(?:pyproject\.toml|uv\.lock|poetry\.lock|poetry\.toml|pdm\.lock|Pipfile|Pipfile\.lock|pylock(?:\..*)?\.toml)$/,
  /^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/,
  /^(?:setup\.cfg|tox\.ini|pytest\.ini|mypy\.ini|ruff\.toml|\.coverage.*|\.python-version|MANIFEST\.in|Makefile)$/,
  /^(?:.*\.)?Dockerfile(?:\..*)?$|^(?:docker-)?compose.*\.ya?ml$/i,
  /^\.(?:gitignore|gitattributes|gitkeep|keep|dockerignore|editorconfig|DS_Store|pre-commit-config\.yaml|flake8|pylintrc)$/,
  /^sluice\.config\.(?:[mc]?[jt]s|json)$/,
];

/** Folders at the root that builds are written to. */
const AT_ROOT: ReadonlySet<string> = new Set(["build", "dist"]);

export interface Name {
  readonly name: string;
  readonly isFolder: boolean;
  /** Whether it stands in the repository's root. */
  readonly isAtRoot: boolean;
}

/** Whether nothing but an import, or exact naming, brings it into a package. */
export function isLeftOut({ name, isFolder, isAtRoot }: Name): boolean {
  if (isFolder) return FOLDERS.test(name) || (isAtRoot && AT_ROOT.has(name));
  return FILES.some((rule) => rule.test(name));
}

/** Whether it is a secret, or a cache, which people are told of when it is left out. */
export function isSecret({ name, isFolder }: Pick<Name, "name" | "isFolder">): boolean {
  return isNeverPacked(isFolder ? `${name}/` : name);
}
