// What the package managers wrote for one project, less most of its packages: sharp for two platforms, is-odd (patched by pnpm,
// yarn 4 and bun), ms four times, once as `three`, and the workspace package `tool`.

/** By pnpm 8. */
export const PNPM_6: string = `lockfileVersion: '6.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

patchedDependencies:
  is-odd@3.0.1:
    hash: 4w5h6tvtvv6wnn7wxmzlmfbqnu
    path: patches/is-odd@3.0.1.patch

importers:

  .:
    dependencies:
      is-odd:
        specifier: 3.0.1
        version: 3.0.1(patch_hash=4w5h6tvtvv6wnn7wxmzlmfbqnu)
      ms:
        specifier: 2.1.3
        version: 2.1.3
      sharp:
        specifier: 0.33.5
        version: 0.33.5
      three:
        specifier: npm:ms@2.0.0
        version: /ms@2.0.0
      tool:
        specifier: workspace:*
        version: link:packages/tool
    devDependencies:
      debug:
        specifier: 2.6.9
        version: 2.6.9

  packages/tool:
    dependencies:
      is-number:
        specifier: 7.0.0
        version: 7.0.0
      ms:
        specifier: 2.1.2
        version: 2.1.2

packages:

  /@img/sharp-linux-arm64@0.33.5:
    resolution: {integrity: sha512-JMVv+AMRyGOHtO1RFBiJy/MBsgz0x4AWrT6QoEVVTyh1E39TrCUpTRI7mx9VksGX4awWASxqCYLCV4wBZHAYxA==}
    cpu: [arm64]
    os: [linux]
    libc: [glibc]
    optional: true

  /@img/sharp-linuxmusl-arm64@0.33.5:
    resolution: {integrity: sha512-XrHMZwGQGvJg2V/oRSUfSAfjfPxO+4DkiRh6p2AFjLQztWUuY/o8Mq0eMQVIY7HJ1CDQUJlxGGZRw1a5bqmd1g==}
    cpu: [arm64]
    os: [linux]
    libc: [musl]
    optional: true

  /debug@2.6.9:
    resolution: {integrity: sha512-bC7ElrdJaJnPbAP+1EotYvqZsb3ecl5wi6Bfi6BJTUcNowp6cvspg0jXznRTKDjm/E7AdgFBVeAPVMNcKGsHMA==}
    peerDependencies:
      supports-color: '*'
    peerDependenciesMeta:
      supports-color:
        optional: true
    dependencies:
      ms: 2.0.0

  /is-number@6.0.0:
    resolution: {integrity: sha512-Wu1VHeILBK8KAWJUAiSZQX94GmOE45Rg6/538fKwiloUu21KncEkYGPqob2oSZ5mUT73vLGrHQjKw3KMPwfDzg==}

  /is-number@7.0.0:
    resolution: {integrity: sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==}

  /is-odd@3.0.1(patch_hash=4w5h6tvtvv6wnn7wxmzlmfbqnu):
    resolution: {integrity: sha512-CQpnWPrDwmP1+SMHXZhtLtJv90yiyVfluGsX5iNCVkrhQtU3TQHsUWPG9wkdk9Lgd5yNpAg9jQEo90CBaXgWMA==}
    dependencies:
      is-number: 6.0.0
    patched: true

  /ms@2.0.0:
    resolution: {integrity: sha512-Tpp60P6IUJDTuOq/5Z8cdskzJujfwqfOTkrwIwj7IRISpnkJnT6SyJ4PCPnGMoFjC9ddhal5KVIYtAt97ix05A==}

  /ms@2.1.2:
    resolution: {integrity: sha512-sGkPx+VjMtmA6MX27oA4FBFELFCZZ4S4XqeGOXCv68tT+jb3vk/RyaKWP0PTKyWtmLSM0b+adUTEvbs1PEaH2w==}

  /ms@2.1.3:
    resolution: {integrity: sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==}

  /sharp@0.33.5:
    resolution: {integrity: sha512-haPVm1EkS9pgvHrQ/F3Xy+hgcuMV0Wm9vfIBSiwZ05k+xgb0PkBQpGsAA/oWdDobNaZTH5ppvHtzCFbnSEwHVw==}
    optionalDependencies:
      '@img/sharp-linux-arm64': 0.33.5
      '@img/sharp-linuxmusl-arm64': 0.33.5
`;

/** By pnpm 12, with a document of its own for `configDependencies`. */
export const PNPM_9: string = `---
lockfileVersion: '9.0'

importers:

  .:
    configDependencies:
      is-number:
        specifier: 7.0.0
        version: 7.0.0

packages:

  is-number@7.0.0:
    resolution: {integrity: sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==}

snapshots:

  is-number@7.0.0: {}

---
lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

catalogs:
  default:
    ms:
      specifier: 2.1.3
      version: 2.1.3

patchedDependencies:
  is-odd@3.0.1: 3fe1dff9389fd7e2c1c0f371cb78af57f5660b289c8cfabbd4295fcdbcc6081f

importers:

  .:
    dependencies:
      is-odd:
        specifier: 3.0.1
        version: 3.0.1(patch_hash=3fe1dff9389fd7e2c1c0f371cb78af57f5660b289c8cfabbd4295fcdbcc6081f)
      ms:
        specifier: 'catalog:'
        version: 2.1.3
      sharp:
        specifier: 0.33.5
        version: 0.33.5
      three:
        specifier: npm:ms@2.0.0
        version: ms@2.0.0
      tool:
        specifier: workspace:*
        version: link:packages/tool
    devDependencies:
      debug:
        specifier: 2.6.9
        version: 2.6.9

  packages/tool:
    dependencies:
      is-number:
        specifier: 7.0.0
        version: 7.0.0
      ms:
        specifier: 2.1.2
        version: 2.1.2

packages:

  '@img/sharp-linux-arm64@0.33.5':
    resolution: {integrity: sha512-JMVv+AMRyGOHtO1RFBiJy/MBsgz0x4AWrT6QoEVVTyh1E39TrCUpTRI7mx9VksGX4awWASxqCYLCV4wBZHAYxA==}
    cpu: [arm64]
    os: [linux]
    libc: [glibc]

  '@img/sharp-linuxmusl-arm64@0.33.5':
    resolution: {integrity: sha512-XrHMZwGQGvJg2V/oRSUfSAfjfPxO+4DkiRh6p2AFjLQztWUuY/o8Mq0eMQVIY7HJ1CDQUJlxGGZRw1a5bqmd1g==}
    cpu: [arm64]
    os: [linux]
    libc: [musl]

  debug@2.6.9:
    resolution: {integrity: sha512-bC7ElrdJaJnPbAP+1EotYvqZsb3ecl5wi6Bfi6BJTUcNowp6cvspg0jXznRTKDjm/E7AdgFBVeAPVMNcKGsHMA==}
    peerDependencies:
      supports-color: '*'
    peerDependenciesMeta:
      supports-color:
        optional: true

  is-number@6.0.0:
    resolution: {integrity: sha512-Wu1VHeILBK8KAWJUAiSZQX94GmOE45Rg6/538fKwiloUu21KncEkYGPqob2oSZ5mUT73vLGrHQjKw3KMPwfDzg==}

  is-number@7.0.0:
    resolution: {integrity: sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==}

  is-odd@3.0.1:
    resolution: {integrity: sha512-CQpnWPrDwmP1+SMHXZhtLtJv90yiyVfluGsX5iNCVkrhQtU3TQHsUWPG9wkdk9Lgd5yNpAg9jQEo90CBaXgWMA==}

  ms@2.0.0:
    resolution: {integrity: sha512-Tpp60P6IUJDTuOq/5Z8cdskzJujfwqfOTkrwIwj7IRISpnkJnT6SyJ4PCPnGMoFjC9ddhal5KVIYtAt97ix05A==}

  ms@2.1.2:
    resolution: {integrity: sha512-sGkPx+VjMtmA6MX27oA4FBFELFCZZ4S4XqeGOXCv68tT+jb3vk/RyaKWP0PTKyWtmLSM0b+adUTEvbs1PEaH2w==}

  ms@2.1.3:
    resolution: {integrity: sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==}

  sharp@0.33.5:
    resolution: {integrity: sha512-haPVm1EkS9pgvHrQ/F3Xy+hgcuMV0Wm9vfIBSiwZ05k+xgb0PkBQpGsAA/oWdDobNaZTH5ppvHtzCFbnSEwHVw==}

snapshots:

  '@img/sharp-linux-arm64@0.33.5':
    optional: true

  '@img/sharp-linuxmusl-arm64@0.33.5':
    optional: true

  debug@2.6.9:
    dependencies:
      ms: 2.0.0

  is-number@6.0.0: {}

  is-number@7.0.0: {}

  is-odd@3.0.1(patch_hash=3fe1dff9389fd7e2c1c0f371cb78af57f5660b289c8cfabbd4295fcdbcc6081f):
    dependencies:
      is-number: 6.0.0

  ms@2.0.0: {}

  ms@2.1.2: {}

  ms@2.1.3: {}

  sharp@0.33.5:
    optionalDependencies:
      '@img/sharp-linux-arm64': 0.33.5
      '@img/sharp-linuxmusl-arm64': 0.33.5
`;
