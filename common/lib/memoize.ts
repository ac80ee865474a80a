/**
 * Remembers the last call of a pure function: the same arguments (by identity) give the same result
 * object, so that a selector may build arrays without causing a render.
 */
export function memoizeLast<A extends readonly unknown[], R>(
  compute: (...args: A) => R,
): (...args: A) => R {
  let last: { readonly args: A; readonly result: R } | undefined;
  return (...args) => {
    if (last?.args.every((arg, index) => Object.is(arg, args[index])) !== true) {
      last = { args, result: compute(...args) };
    }
    return last.result;
  };
}
