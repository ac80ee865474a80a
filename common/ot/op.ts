/**
 * One edit of a whole text, as components walked from its start; what follows the last component
 * stays. A positive number retains that many code points (wire: `skip`), a negative one deletes
 * that many, a string is inserted. Normal form (OT3): no zero and no empty component, no two
 * neighbours of one sort, insert before delete where both meet, no trailing retain.
 */
export type Op = readonly Component[];
export type Component = number | string;
