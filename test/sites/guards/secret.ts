/** Known to everybody who reads it here: it signs the tokens of the tests. */
export const SECRET = "a secret of the tests, of more than 32 bytes";

/** Its private half was thrown away after it had signed one token. */
export const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhzbAYR07TgapKfcoxcF3t5tGPL/Q
HZQY6x4sVoKnBAz6NBvKXIJHZiTSxEoQ0q/bFI4gpGQ/3AWmdqx4CCVDfg==
-----END PUBLIC KEY-----`;
