/** Something that a visitor can put right; the message says how. */
export class ShopError extends Error {
  override readonly name = "ShopError";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
