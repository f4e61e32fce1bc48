/**
 * A certificate for AWS's names, as a proxy that reads along shows one, signed by itself and good until 2126, with its key. Made for
 * tests: nothing trusts it. `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj
 * /CN=proxy.example -addext subjectAltName=DNS:localhost,DNS:*.amazonaws.com,DNS:*.eu-west-1.amazonaws.com,…`
 */
export const CERTIFICATE: string = `-----BEGIN CERTIFICATE-----
MIICCTCCAa6gAwIBAgIUGpqZNhhRI10F9lGW/SDz0bRJdIQwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcHJveHkuZXhhbXBsZTAgFw0yNjExMjEyMTM1NDJaGA8yMTI2
MTAyODIxMzU0MlowGDEWMBQGA1UEAwwNcHJveHkuZXhhbXBsZTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABIsDXn02nOy6PjGVXExOiXUxdimxK5Efcx87Gb74IVEZ
md3Mwc+TKpDcSLk281gIhYPxSucLZzqCDbjj9OFgFuOjgdMwgdAwHQYDVR0OBBYE
FMoFqh+15bAZ0z2EEid7uftQwRF6MB8GA1UdIwQYMBaAFMoFqh+15bAZ0z2EEid7
uftQwRF6MA8GA1UdEwEB/wQFMAMBAf8wfQYDVR0RBHYwdIIJbG9jYWxob3N0gg8q
LmFtYXpvbmF3cy5jb22CGSouZXUtd2VzdC0xLmFtYXpvbmF3cy5jb22CHCouczMu
ZXUtd2VzdC0xLmFtYXpvbmF3cy5jb22CHSoubGFtYmRhLXVybC5ldS13ZXN0LTEu
b24uYXdzMAoGCCqGSM49BAMCA0kAMEYCIQDtqIGeRDmO5iw5C4bcp5k83tStSDMV
yfOiMyufZ1ah9QIhAIq2JnS8MYTTJ0fwacJfFIqZDrbnsPyFPdM/K90lFoLE
-----END CERTIFICATE-----
`;

export const KEY: string = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglbKHXPt02TYfv/BH
LrWjjds56clv/v14L71JJyCB0yqhRANCAASLA159Npzsuj4xlVxMTol1MXYpsSuR
H3MfOxm++CFRGZndzMHPkyqQ3Ei5NvNYCIWD8UrnC2c6gg244/ThYBbj
-----END PRIVATE KEY-----
`;
