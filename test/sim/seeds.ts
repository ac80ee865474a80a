/** Worlds that CI lives through each time: the first ones, then each that once found something. */
export const seeds: readonly number[] = [
  ...Array.from({ length: 40 }, (_, index) => index + 1),
  // Two texts with astral characters were compared by halves of these.
  86,
  // The file was written, the power failed before that was noted, and a program wrote it again.
  81,
  176,
  729,
  3019,
  // An edit was sent into the next life of its channel, in which the text was not linked yet.
  167,
  3508,
  12295,
  17564,
  // An edit of which others had left nothing before it was sent counted as unsent for ever.
  83,
  92,
  // A channel whose opening took longer than ten seconds was never used.
  303,
  380,
  // What was left of a delete, which was nothing, was torn apart by an insert at its place.
  31254,
  // Late answers to two attempts had one channel left that the last of them was using.
  761,
  1068,
  1161,
  // An edit was taken for refused when the channel did not open in time.
  1194,
];
