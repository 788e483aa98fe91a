/** The scripts that make shells ask this program for completions. */

/**
 * The line up to the cursor is cut at white space. bash itself cuts it at `=` and `:`, too, and wants only the part of
 * a word behind the last of them.
 */
const BASH = `# completion of apiclient for bash; use it with: source <(apiclient completion bash)
_apiclient() {
  local line="\${COMP_LINE:0:COMP_POINT}" word prefix='' typed
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  typed="\${words[\${#words[@]} - 1]}"
  [[ $typed == *=* && $COMP_WORDBREAKS == *=* ]] && prefix="\${typed%%=*}="
  COMPREPLY=()
  while IFS= read -r word; do
    word="\${word%%$'\\t'*}"
    COMPREPLY+=("\${word#"$prefix"}")
  done < <("\${words[0]}" completion words "\${words[@]/#/:}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[=.] ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o default -F _apiclient apiclient
`

const ZSH = `#compdef apiclient
# completion of apiclient for zsh; use it with: source <(apiclient completion zsh)
_apiclient() {
  local line word note
  local -a open whole
  for line in "\${(@f)$("\${(Q)words[1]}" completion words "\${(@)\${(@Q)words[1,CURRENT]}/#/:}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    word="\${line%%$'\\t'*}"
    note=''
    [[ $line == *$'\\t'* ]] && note=":\${line#*$'\\t'}"
    if [[ $word == *[=.] ]]; then
      open+=("$word")
    else
      whole+=("\${word//:/\\\\:}$note")
    fi
  done
  (( \${#open} )) && compadd -S '' -- "\${open[@]}"
  (( \${#whole} )) && _describe apiclient whole
  (( \${#open} + \${#whole} )) || _default
}
if [[ \${funcstack[1]} == _apiclient ]]; then
  _apiclient "$@"
else
  compdef _apiclient apiclient
fi
`

/** The script for a shell. */
export function completionScript(shell: 'bash' | 'zsh'): string {
  return shell === 'bash' ? BASH : ZSH
}
