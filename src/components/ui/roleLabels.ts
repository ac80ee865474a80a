/** What the holder of a role may do, in the words of buttons and menus. */
export const roleLabels = {
  owner: "Owner",
  editor: "Can edit",
  viewer: "Can view",
} as const;

export const roleDetails = {
  owner: "Everything, invitations included.",
  editor: "Edit files, use terminals, run the program.",
  viewer: "Look, follow and chat; change nothing.",
} as const;
