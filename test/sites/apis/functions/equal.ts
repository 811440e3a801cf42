export const onRequestGet = () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const { timingSafeEqual } = crypto.subtle as any;
  const compare = (a: string, b: string) => timingSafeEqual.call(crypto.subtle, bytes(a), bytes(b));
  let unequalLength = "no error";
  try {
    compare("a", "ab");
  } catch (error: any) {
    unequalLength = error.name;
  }
  return Response.json({
    same: compare("secret", "secret"),
    other: compare("secret", "secreT"),
    unequalLength,
  });
};
