# Completion of fish for ikvswitch and its programs. It asks the program itself: see src/cli/completion.

function __ikvswitch_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer ($words[1] __complete (string replace -r '.*/' '' -- $words[1]) $words[2..-1] "$current" 2>/dev/null)
    for line in $answer[2..-1]
        test -n "$line"; and echo $line
    end
    if string match -qr '\b(files|folders)\b' -- "$answer[1]"
        __fish_complete_path "$current"
    end
end

for program in ikvswitch ikvswitch-host-networking ikvswitch-setup
    complete -c $program -f -a '(__ikvswitch_complete)'
end
