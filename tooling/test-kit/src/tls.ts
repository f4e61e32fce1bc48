/**
 * A certificate for localhost, signed by itself and good until 2126, with its key. Made for tests: nothing trusts it.
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost -addext
 * subjectAltName=DNS:localhost,IP:127.0.0.1`
 */
export const CERTIFICATE: string = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUXXWSbAvE8bvexz14BnHkfHAGT8MwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTE1NDExOVoYDzIxMjYxMDI4
MTU0MTE5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATJfp3pY267fzwF5knzQuIX4vgm4pxzblWW9xy2ZOiM2ShtPD0mPn5B
7sRWcDrkqhRO5bzbnNQk3WT/4ajpSnoko28wbTAdBgNVHQ4EFgQUF1RiDe9e6bF2
Z3Tupent4gi5aJYwHwYDVR0jBBgwFoAUF1RiDe9e6bF2Z3Tupent4gi5aJYwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAJ6zGGLtNoZjLtfnntGUvI/KkzUzKB6CyBuiHSF6+0xJAiBU
AwZTmSEzKWIE5Cua+D2cGXexj2X7MhztjiNiMSPcrA==
-----END CERTIFICATE-----
`;

export const KEY: string = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9Htu8hT4d8nfDw4A
mHF+Y6Sw5Qbhu8GYaIPcMScwstuhRANCAATJfp3pY267fzwF5knzQuIX4vgm4pxz
blWW9xy2ZOiM2ShtPD0mPn5B7sRWcDrkqhRO5bzbnNQk3WT/4ajpSnok
-----END PRIVATE KEY-----
`;
