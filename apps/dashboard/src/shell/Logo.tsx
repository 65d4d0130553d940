/** The mark and the name. */
export const Logo = () => (
  <span
    style={{ display: "inline-flex", alignItems: "center", gap: 8, fontWeight: 600, fontSize: 15 }}
  >
    <img src="/favicon.svg" width={22} height={22} alt="" />
    Sweepyard
  </span>
);
