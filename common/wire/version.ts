/**
 * What is spoken, one line per version:
 * 1  the seed schema (104 bodies) plus the later official bodies of `api.proto`'s marked section
 */
export const PROTOCOL_VERSION = 1;
