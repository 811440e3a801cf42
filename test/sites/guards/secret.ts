/** Known to everybody who reads it here: it signs the tokens of the tests. */
export const SECRET = "a secret of the tests, of more than 32 bytes";
