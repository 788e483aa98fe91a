import { entry } from './entry.ts'

/** Early boot, metadata service, generators, variants, and the boot as a whole. */
export const BOOT_CODES = {
  AWS_NO_CREDENTIALS: entry(
    'No AWS credentials were found, or they could not be read.',
    'Give the instance a role, or set credentials in the environment or in settings.aws.',
  ),
  BOOT_RECORD_INVALID: entry(
    'A file is no boot record.',
    'Give a root, its record directory, or a report of `bottlerocket boot --format json`.',
  ),
  BOOT_RECORD_UNREADABLE: entry('The record of a boot could not be read.', 'Run a boot first, and name its root.'),
  BOOT_STEP_FAILED: entry('A step of the boot failed.', 'What it printed on standard error says why.'),
  FACTS_INVALID: entry(
    'The facts file is not understood.',
    'See which member the message names, and what it should be.',
  ),
  GENERATOR_BOOT_CONFIG_INVALID: entry(
    'A boot configuration or its settings file is not understood.',
    'See the line that the message names; keys start with `kernel.` or `init.`.',
  ),
  GENERATOR_COMMAND_INVALID: entry(
    "A setting's generator is no command.",
    'Correct `setting-generator` in the metadata: a program and its arguments.',
  ),
  GENERATOR_FAILED: entry(
    'A settings generator failed, so none of the generated settings was sent.',
    'See what it printed, or set the setting in user data, which skips its generator.',
  ),
  GENERATOR_INVALID_ADDRESS: entry(
    'A text is no IP address.',
    'Check what wrote it; the current address stands in its file without a line end.',
  ),
  GENERATOR_INVALID_OUTPUT: entry(
    'A settings generator printed something else than one JSON value.',
    'Run the command by hand; it has to print JSON, or to end with 2 for no value.',
  ),
  GENERATOR_NO_HOSTNAME: entry(
    'No host name is known for this machine.',
    'Set settings.network.hostname, or give the address a name in DNS.',
  ),
  GENERATOR_VALUES_REFUSED: entry(
    'The API did not accept the generated settings.',
    'Its answer names the setting; setting it in user data skips its generator.',
  ),
  IMDS_INVALID_ANSWER: entry(
    'The metadata service answered with something that cannot be read.',
    'Compare with `curl` on the instance; a proxy in between may answer instead.',
  ),
  IMDS_UNAVAILABLE: entry(
    'The metadata service gave no usable answer in time.',
    'Check that it is switched on for the instance and reachable, with IMDSv2.',
  ),
  IMDS_VALUE_MISSING: entry(
    'The metadata service lacks an entry that is needed.',
    "Check the instance's metadata, or set the setting in user data.",
  ),
  LISTEN_FAILED: entry('A port of this machine could not be opened.', 'Choose another --port, or stop what has it.'),
  PLUTO_APICLIENT_FAILED: entry(
    'apiclient failed to read or write settings for pluto.',
    'What apiclient printed says why; is the API server running?',
  ),
  PLUTO_EC2_FAILED: entry(
    'EC2 did not tell the private DNS name of the instance.',
    'The instance role needs ec2:DescribeInstances; or set settings.kubernetes.hostname-override.',
  ),
  PLUTO_INVALID_ADDRESS: entry(
    'A text that should be an IP address is none.',
    'Set the setting that the message names in user data.',
  ),
  PLUTO_INVALID_HOSTNAME: entry(
    'The name found for the node is no host name.',
    'Set settings.kubernetes.hostname-override in user data.',
  ),
  PLUTO_PROXY_INVALID: entry(
    'The proxy of the settings cannot be used for AWS calls.',
    'Write settings.network.https-proxy as http://HOST:PORT.',
  ),
  PLUTO_SETTINGS_INVALID: entry(
    'apiclient printed settings that cannot be read.',
    'Run the command by hand; its output must be JSON with a member named settings.',
  ),
  PLUTO_VALUE_MISSING: entry(
    'Something is missing that a Kubernetes setting is made of.',
    'Set the setting in user data, or check the metadata of the instance.',
  ),
  PLAN_OTHER_VARIANT: entry(
    'A document is for another variant than the host is of.',
    'Give the document of this host, or name the right variant in it.',
  ),
  PROVIDER_AMBIGUOUS: entry(
    'A source holds user data more than once.',
    'Leave one of the files that the message names.',
  ),
  PROVIDER_DIRECTORY_UNREADABLE: entry(
    'The directory of user data providers could not be read.',
    'An image has it, even if empty; check the root.',
  ),
  PROVIDER_FAILED: entry(
    'A user data provider failed, so no further user data was sent.',
    'What it printed follows; correct the user data, or the source that it reads.',
  ),
  PROVIDER_GUESTINFO: entry(
    "The hypervisor's variables could not be read.",
    'It takes a VMware guest with vmware-rpctool, or a directory of variables.',
  ),
  PROVIDER_IDENTITY_DOCUMENT: entry(
    'The instance identity document on disk is not usable.',
    'It is a JSON object with a text named `region`.',
  ),
  PROVIDER_INVALID_OUTPUT: entry(
    'A user data provider printed something else than its protocol says.',
    'It prints nothing, or one object with `json` and `desc`.',
  ),
  PROVIDER_NOT_STARTED: entry(
    'A user data provider could not be started.',
    'Its link must lead to an executable file.',
  ),
  PROVIDER_OVF_INVALID: entry(
    'The OVF environment of a disc cannot be read.',
    'See the place named; each Property needs key and value, side by side in one PropertySection.',
  ),
  UNITS_INVALID: entry(
    'A file is not what `systemctl show` prints of the units of a machine that has booted.',
    "Save the output of `systemctl show --all '*'` on that machine.",
  ),
  USERDATA_ENCODING: entry(
    'The encoding of user data is not known.',
    'Set guestinfo.userdata.encoding to base64 or gzip+base64, or remove it.',
  ),
  USERDATA_GZIP_BROKEN: entry(
    'User data starts as gzip does, but cannot be decompressed.',
    'Compress it again; a truncated or altered copy does not do.',
  ),
  USERDATA_INVALID: entry(
    'User data is not TOML.',
    'See the positions named; user data is TOML with a table named settings.',
  ),
  USERDATA_NOT_BASE64: entry(
    'User data should be base64 and is not.',
    'Encode it without line breaks, in the standard alphabet with padding.',
  ),
  USERDATA_REFUSED: entry(
    'The API refused a setting of the user data.',
    'Correct it at the place named; nothing of this source was stored.',
  ),
  USERDATA_SEVERAL: entry(
    'A file holds several documents of user data where one is needed.',
    'Name the one that is meant as FILE#PART; the message lists them.',
  ),
  USERDATA_TOO_LARGE: entry(
    'User data is larger than EC2 can hold.',
    'Compress it with gzip; EC2 counts the compressed size.',
  ),
  VARIANT_AMBIGUOUS: entry(
    'Comments in a file name several variants where one is needed.',
    'Choose one of them with --variant.',
  ),
  VARIANT_DATA_INVALID: entry(
    "The package's own data about a variant is wrong.",
    'Reinstall the package; if it stays, please report it.',
  ),
  VARIANT_MISSING: entry(
    'Nothing says which variant a file is for.',
    'Write a comment into the file, `# bottlerocket: variant=NAME`, or give --variant NAME or --variant PATTERN=NAME.',
  ),
  VARIANT_RELEASE_UNKNOWN: entry('The OS release is not known.', 'Choose one of the releases that the message lists.'),
  VARIANT_UNKNOWN: entry(
    'The OS release has no variant of that name.',
    'Check --variant, or the comment in the file; the message may name the closest one.',
  ),
  WARM_POOL_CONFIG_INVALID: entry(
    'The configuration of the warm pool wait is not understood.',
    'It is rendered from settings.autoscaling; apply the settings again.',
  ),
} as const
