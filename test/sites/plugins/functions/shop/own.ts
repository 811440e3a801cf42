export const onRequestGet = ({ data }: any) => Response.json({ own: true, trail: data.trail });
