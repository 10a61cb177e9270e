using System.CommandLine.Parsing;
using InstructKit.Cli.Options;

namespace InstructKit.Cli.Commands;

/// <summary>Prints completion scripts; they ask the tool itself through the suggest directive.</summary>
internal sealed class CompletionCommand : CliCommand
{
    private const string Directive = "[suggest:";

    private const string Bash = """
        _instructkit() {
          local word="${COMP_WORDS[COMP_CWORD]}" IFS=$'\n'
          COMPREPLY=( $(compgen -W "$(instructkit "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$word") )
        }
        complete -o default -F _instructkit instructkit
        """;

    private const string Zsh = """
        #compdef instructkit
        _instructkit() {
          local -a words_found
          words_found=("${(@f)$(instructkit "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -- $words_found || _files
        }
        compdef _instructkit instructkit
        """;

    private const string Fish = """
        function __instructkit_complete
          set -l line (commandline -cp)
          instructkit "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c instructkit -a '(__instructkit_complete)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName instructkit -ScriptBlock {
          param($word, $line, $position)
          instructkit "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } |
            ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    private readonly Argument<string> _shell = new("SHELL") { HelpName = "SHELL", Description = "bash, zsh, fish or pwsh." };

    public CompletionCommand(Terminal terminal)
        : base("completion", "Print a completion script for a shell.", terminal)
    {
        OptionFactory.Restrict(_shell, "SHELL", "bash", "zsh", "fish", "pwsh");
        Arguments.Add(_shell);
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "source <(instructkit completion bash)",
        "instructkit completion fish > ~/.config/fish/completions/instructkit.fish",
    ];

    /// <summary>Removes options that have their value from a request for suggestions: the parser would keep suggesting values for an option that may be
    /// repeated (<c>--hold-out x --t</c>).</summary>
    /// <param name="args">The process's arguments; those of other requests are returned unchanged.</param>
    /// <param name="root">The command tree.</param>
    public static string[] Prepare(string[] args, RootCommand root)
    {
        if (args is not [var directive, var line] || !directive.StartsWith(Directive, StringComparison.Ordinal) || !int.TryParse(directive[Directive.Length..].TrimEnd(']'), out var position))
            return args;

        line = line[..Math.Clamp(position, 0, line.Length)];
        List<string> words = [.. CommandLineParser.SplitCommandLine(line)];
        var begun = string.Empty;
        if (line.Length > 0 && !char.IsWhiteSpace(line[^1]) && words.Count > 0)
        {
            begun = words[^1];
            words.RemoveAt(words.Count - 1);
        }

        var lists = root.Parse(words.Skip(1).ToList()).CommandResult.Command.Options
            .Where(option => option.Arity.MaximumNumberOfValues > 1)
            .SelectMany(option => option.Aliases.Prepend(option.Name))
            .ToHashSet(StringComparer.Ordinal);
        while (words.Count > 2 && lists.Contains(words[^2]) && words[^1] is not ['-', ..]) words.RemoveRange(words.Count - 2, 2);

        var shorter = string.Join(' ', words.Append(begun));
        return [$"{Directive}{shorter.Length.ToString(CultureInfo.InvariantCulture)}]", shorter];
    }

    protected override int Run(ParseResult parsed)
    {
        Terminal.Text.WriteLine(parsed.GetRequiredValue(_shell) switch { "bash" => Bash, "zsh" => Zsh, "fish" => Fish, _ => PowerShell });
        return ExitCode.Done;
    }
}
