export const onRequest = ({ request }: any) => Response.redirect(new URL("/hello", request.url), 303);
