import { entry } from './entry.ts'

/** Templates, their rendering, and applying what was rendered. */
export const TEMPLATE_CODES = {
  APPLY_FAILED: entry(
    'The settings are in force, but applying them failed.',
    'See `apiclient status` for what was written and run; correct the cause and set the settings again.',
  ),
  APPLY_INVALID_KEYS: entry(
    'The changed keys on standard input are not a JSON array of strings.',
    'Give key names such as `["settings.motd"]`, or use --all.',
  ),
  APPLY_INVALID_MODE: entry(
    "A configuration file's mode is no octal number.",
    "Correct `mode` in the file's metadata, for example `0600`.",
  ),
  APPLY_RENDER_FAILED: entry(
    'A file could not be rendered, so nothing was written and nothing restarted.',
    'Set what the template misses; the settings themselves stay committed.',
  ),
  APPLY_SOURCE_INVALID: entry(
    'A document to apply is neither TOML nor JSON with a `settings` member.',
    'See the two lists of faults; keys belong below `[settings]`.',
  ),
  APPLY_SOURCE_UNREADABLE: entry(
    'A document to apply could not be fetched.',
    'Check the path or the address; nothing was changed.',
  ),
  COMPAT_ECS_AUTH_DATA: entry(
    'A host of the release itself writes registry credentials that the ECS agent cannot read.',
    'On such a host give one entry with `auth` alone; here every form is written as valid JSON.',
  ),
  COMPAT_ECS_SPOT_DRAINING: entry(
    'A host of the release itself never hands `enable-spot-instance-draining` to the ECS agent.',
    'On such a host drain instances by other means; here the agent gets the value.',
  ),
  COMPAT_HTML_ESCAPED: entry(
    'A host of the release itself writes some characters of a value as HTML escapes.',
    'Avoid these characters where such hosts read the settings; here files hold the value itself.',
  ),
  COMPAT_REGISTRY_REPEATED: entry(
    'A host of the release itself writes a file with a repeated table, which nothing can read.',
    'Keep one entry for each registry; here the last one counts.',
  ),
  COMPAT_UNQUOTED: entry(
    'A host of the release itself writes a value without the quotes or escapes that it needs, so the file is broken or says something else.',
    'Avoid such a value where such hosts read the settings; here files hold the value itself.',
  ),
  RESTART_COMMAND_FAILED: entry(
    'A restart command could not be started or did not succeed; the remaining ones were not run.',
    'See what the command printed; the files are written already.',
  ),
  TEMPLATE_DUPLICATE_HELPER: entry(
    'A template imports the same helper twice.',
    'List each helper once, under the extension that owns it.',
  ),
  TEMPLATE_FRONT_MATTER: entry(
    'The front matter of a template file is not what it must be.',
    'Only `output-format` and the table `required-extensions` may stand before the `+++` line.',
  ),
  TEMPLATE_HELPER_FAILED: entry(
    'A helper cannot work with the values that it got.',
    'Correct the setting that is named, or the arguments in the template.',
  ),
  TEMPLATE_INVALID_PATH: entry(
    'A path asks a list for something other than a position.',
    'Use a number as segment, such as `list.0`, or loop with `each`.',
  ),
  TEMPLATE_MISSING: entry(
    'There is no template for a setting in the metadata.',
    'Name a setting whose metadata has a `template`, or use schnauzer-v2 with the template itself.',
  ),
  TEMPLATE_REQUIREMENT: entry(
    'A requirement on the command line cannot be read.',
    'Write NAME@VERSION or NAME@VERSION(helpers=[a, b]).',
  ),
  TEMPLATE_SYNTAX: entry(
    "The body of a template does not follow the template language's syntax.",
    'Correct the tag at the given line and column.',
  ),
  TEMPLATE_UNKNOWN_HELPER: entry(
    'A template uses a helper that it does not import, or that does not exist.',
    'Import the helper in the front matter from the extension that owns it.',
  ),
  TEMPLATE_UNREADABLE: entry('A template file cannot be read.', 'Check the path and that the file is UTF-8 text.'),
  TEMPLATE_VALUE_MISSING: entry(
    'A template needs a setting that is not set.',
    'Set the setting, or guard its use with `if`.',
  ),
  VALUE_UNREPRESENTABLE: entry(
    'A value cannot be written in the format of the file, or not in the place where it stands.',
    'Change the setting that is named; the file format has no way to hold its value.',
  ),
} as const
