import { entry, type ErrorCodeEntry } from './entry.ts'

/** User data, TOML and JSON documents, and the settings model. */
export const SETTINGS_CODES = {
  METADATA_INVALID: entry(
    'The metadata of services or configuration files is incomplete or has unknown members.',
    'Compare it with the defaults of the variant.',
  ),
  SETTINGS_BAD_KEY: entry(
    'A name in a map, such as that of a container or a label, is not allowed there.',
    'See the message for the names that are possible.',
  ),
  SETTINGS_CANNOT_UNSET: entry(
    'The API can set settings but not unset them.',
    'Set it to the value of its default, which the message names; `apiclient set --try` takes itself back.',
  ),
  SETTINGS_DUPLICATE_KEY: entry('The same setting is given twice under two spellings.', 'Keep one of the two members.'),
  SETTINGS_INVALID_VALUE: entry(
    'A value has the right type but does not follow the rules of its setting.',
    'See the message for what is accepted.',
  ),
  SETTINGS_MISSING_KEY: entry(
    'A member that has to be given together with its neighbours is missing.',
    'Add the member named in the message.',
  ),
  SETTINGS_NULL_VALUE: entry(
    'A value is null (in TOML: nan or inf) where a value is needed.',
    'Give a value, or leave the member out.',
  ),
  SETTINGS_OUT_OF_RANGE: entry('A number lies outside the range of its setting.', 'The message names the range.'),
  SETTINGS_UNKNOWN_GROUP: entry(
    'No settings group of this name exists in the variant.',
    'Check the spelling and the variant: the families have different groups.',
  ),
  SETTINGS_UNKNOWN_KEY: entry('No setting of this name exists.', 'Check the spelling.'),
  SETTINGS_UNSTORABLE_KEY: entry(
    'A name cannot be part of a datastore key.',
    'Use ASCII letters, digits, `_`, `-`, `/` and `.`; at most 255 bytes for the whole key.',
  ),
  SETTINGS_WRONG_TYPE: entry('A value has the wrong type.', 'Write it as the type that the message names.'),
  USERDATA_INTEGER_RANGE: entry(
    'An integer does not fit in 64 bits with sign.',
    'Integers go from -9223372036854775808 to 9223372036854775807.',
  ),
  USERDATA_JSON_SYNTAX: entry('The document is not JSON.', 'See the position named.'),
  USERDATA_NO_SETTINGS: entry(
    'The document has no settings.',
    'Settings stand below a top-level table named settings.',
  ),
  USERDATA_NOT_UTF8: entry('The document is not UTF-8 text.', 'Save it as UTF-8; user data may also be gzip.'),
  USERDATA_NOT_FOUND: entry(
    'There is no user data in any of the files.',
    'Give TOML, or a file that holds user data: a node class, a template, a cluster configuration or a plan.',
  ),
  USERDATA_NOT_TOML: entry(
    'User data is a document of another format than TOML.',
    'A Bottlerocket host takes settings in TOML and nothing else; scripts belong in containers or bootstrap commands.',
  ),
  USERDATA_OUTER_SYNTAX: entry(
    'A file that may hold user data is not valid YAML.',
    'See the position named; render templates such as charts first.',
  ),
  USERDATA_OUTSIDE_SETTINGS: entry(
    'A key or table stands outside of settings, where a host ignores it.',
    'Move it below a heading such as [settings.kubernetes], or remove it.',
  ),
  USERDATA_TEMPLATE_TEXT: entry(
    'The document holds text of a template engine that nothing has replaced.',
    'Render the template first; a host takes user data as it is.',
  ),
  USERDATA_TOML_DUPLICATE: entry('A TOML key or table is defined twice.', 'Merge the two definitions into one.'),
  USERDATA_TOML_SYNTAX: entry('The document is not TOML 1.0.', 'See the position named.'),
} as const satisfies Record<string, ErrorCodeEntry>
