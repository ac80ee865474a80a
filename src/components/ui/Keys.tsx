/** A chord as it stands on the keyboard, or nothing. */
export function Keys({ keys }: { readonly keys: string | undefined }) {
  return keys === undefined ? null : <kbd>{keys}</kbd>;
}
