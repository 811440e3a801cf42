export const onRequestPost = ({ next, data }: any) => {
  data.trail.push("post-only");
  return next();
};
