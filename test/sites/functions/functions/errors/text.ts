export const onRequest = () => "text";
