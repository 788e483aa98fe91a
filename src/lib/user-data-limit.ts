/** Longest user data that an EC2 instance can have, in bytes as stored. */
export const MAX_USER_DATA_BYTES = 16_384
