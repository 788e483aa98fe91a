/** Stands for the variant where none is named: what is said then is true of those with systemd-networkd. */
export const ANY_VARIANT = '*'
