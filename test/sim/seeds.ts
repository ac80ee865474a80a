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
  // A delete that was made twice was pulled apart by what was typed there later.
  5710,
  // Two pages gave back to a restored machine what it had lost, and one knew less of it.
  5282,
  5374,
  7160,
  // The power failed before the history of a file was on the disk, and a program wrote it.
  5068,
  5160,
  5777,
  // A page that had just come took the text of others for an older one.
  5897,
  5987,
  // The packet of an empty text, whose checksum is that of none, was taken for the one known.
  22526,
  34253,
  // Somebody had deleted text that others gave back, and did not know how it came to be.
  21831,
  31163,
  // What was sent to one life of a channel went into the next one, whose text was another.
  48321,
  50930,
  // A slow answer was taken for a refusal.
  22191,
  // A draft was begun anew and then not removed.
  7811,
  9724,
  // An edit was taken for refused when the channel did not open in time.
  1194,
  // Packets that one life of a channel had been asked for were taken for those of the next.
  46491,
  // A person and a program had deleted the same, and a backup had it still.
  58606,
  61334,
  68316,
  // What a program had written was deleted; then its history was lost, and the file was not.
  500034,
  500340,
  501741,
  // Somebody gave back a deletion to a container that did not have what it deletes yet.
  505525,
  // A page forgot that what it had sent was to be deleted, when the deletion came back first.
  15581,
  // A text that was empty once more was taken for what it had been before anything was typed.
  17068,
  // A crash left the name of a history unsynced, and a loss of power after the next one took it.
  55655,
  // Linking a file got no answer in time, which was taken for a refusal.
  58290,
  // What was typed before a program's text and deleted behind it was found again by likeness, elsewhere.
  62233,
  // A program deleted what had been saved in a crash, and nobody could tell whether it had.
  4493,
  // A program's text stood on either side of what a person had deleted, in the file and in the history.
  171,
  // After a crash, what the file lacked of the text was found anew by likeness.
  314558,
  // What a page knew of its past made it forget what the journal had, which another page had taken.
  3290,
  3644,
  // A program's text was taken for what another had written in the time that was lost.
  502125,
  // A snapshot that came late was taken for that of an older container.
  62164,
  // A page got its own draft back from one that had taken it for gone, and two texts shared the draft.
  56318,
  // An older file had nothing but a line end and a character in common, in another order.
  98605,
];
