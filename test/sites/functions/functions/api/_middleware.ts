const time = async ({ next, data }: any) => {
  data.trail = ["first"];
  const response = await next();
  response.headers.append("x-trail", data.trail.join(","));
  return response;
};
const second = ({ next, data }: any) => {
  data.trail.push("second");
  return next();
};
export const onRequest = [time, second];
