export const onRequest = () => Response.redirect("/hello");
