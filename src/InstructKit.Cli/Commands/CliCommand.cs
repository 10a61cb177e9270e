using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using InstructKit.Cli.Options;
using InstructKit.Tasks;

namespace InstructKit.Cli.Commands;

/// <summary>A command with examples in its help.</summary>
internal abstract class CliCommand : Command
{
    /// <summary>Creates a command.</summary>
    /// <param name="description">One or two sentences.</param>
    protected CliCommand(string name, string description, Terminal terminal)
        : base(name, description)
    {
        Terminal = terminal;
        SetAction(Run);
    }

    /// <summary>Two to four command lines that work as typed.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    protected Terminal Terminal { get; }

    protected void Add(params IEnumerable<Option> options)
    {
        foreach (var option in options) Options.Add(option);
    }

    /// <summary>Adds <c>--json</c>; <see cref="Terminal.Json"/> says whether it was given.</summary>
    protected void AddJson() => Options.Add(OptionFactory.Switch("--json", "Answer with one JSON document on standard output."));

    /// <summary>Errors in combinations of options.</summary>
    protected static DiagnosticException Wrong(string message) => DiagnosticException.Error(TaskCodes.BadSetting, message);

    /// <summary>Runs the command; failures are exceptions.</summary>
    /// <returns>The exit code.</returns>
    protected abstract int Run(ParseResult parsed);
}

/// <summary>The usual help, followed by the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        // The options of `tasks` are not those of `tasks list`.
        for (var parent = parseResult.CommandResult.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
        {
            foreach (var argument in parent.Command.Arguments) argument.Hidden = true;
        }

        usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is CliCommand command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in command.Examples) output.WriteLine($"  {example}");

            output.WriteLine();
        }

        return ExitCode.Done;
    }
}
